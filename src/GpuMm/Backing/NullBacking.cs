using System;

namespace GpuMm.Backing;

/// <summary>Keeps nothing.</summary>
internal sealed class NullBacking(ulong sizeBytes) : MemoryBacking(sizeBytes)
{
    public override int StoredBytesPerPage => 0;

    public override void Read(ulong addressBytes, Span<byte> into)
    {
        CheckRange(addressBytes, (ulong)into.Length);
        into.Clear();
    }

    public override void Write(ulong addressBytes, ReadOnlySpan<byte> from) => CheckRange(addressBytes, (ulong)from.Length);

    public override void Clear(ulong addressBytes, ulong sizeBytes) => CheckRange(addressBytes, sizeBytes);

    public override void CopyTo(ulong addressBytes, MemoryBacking destination, ulong destinationBytes, ulong sizeBytes)
    {
        CheckRange(addressBytes, sizeBytes);
        Same<NullBacking>(destination).CheckRange(destinationBytes, sizeBytes);
    }
}
