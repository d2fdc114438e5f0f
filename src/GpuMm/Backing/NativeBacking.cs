using System;
using System.Runtime.InteropServices;

namespace GpuMm.Backing;

/// <summary>Keeps every byte, in one block of zeroed native memory. The host commits pages when they are first touched.</summary>
internal sealed unsafe class NativeBacking : MemoryBacking
{
    private byte* _bytes;

    public NativeBacking(ulong sizeBytes)
        : base(sizeBytes)
    {
        _bytes = (byte*)NativeMemory.AllocZeroed(checked((nuint)sizeBytes));
    }

#pragma warning disable MA0055 // The block is native: a backing that nobody disposed must not leak it.
    ~NativeBacking()
    {
        Dispose(disposing: false);
    }
#pragma warning restore MA0055

    public override int StoredBytesPerPage => 4096;

    public override void Read(ulong addressBytes, Span<byte> into) => Bytes(addressBytes, into.Length).CopyTo(into);

    public override void Write(ulong addressBytes, ReadOnlySpan<byte> from) =>
        from.CopyTo(Bytes(addressBytes, from.Length));

    public override void Clear(ulong addressBytes, ulong sizeBytes)
    {
        CheckRange(addressBytes, sizeBytes);
        ThrowIfDisposed();

        // Invariant: the range was checked against the block.
        NativeMemory.Clear(_bytes + addressBytes, (nuint)sizeBytes);
    }

    public override void CopyTo(ulong addressBytes, MemoryBacking destination, ulong destinationBytes, ulong sizeBytes)
    {
        NativeBacking other = Same<NativeBacking>(destination);
        CheckRange(addressBytes, sizeBytes);
        other.CheckRange(destinationBytes, sizeBytes);
        ThrowIfDisposed();
        other.ThrowIfDisposed();

        // Invariant: both ranges were checked against their blocks; MemoryCopy allows overlap.
        Buffer.MemoryCopy(_bytes + addressBytes, other._bytes + destinationBytes, sizeBytes, sizeBytes);
    }

    protected override void Dispose(bool disposing)
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
        base.Dispose(disposing);
    }

    private Span<byte> Bytes(ulong addressBytes, int sizeBytes)
    {
        CheckRange(addressBytes, (ulong)sizeBytes);
        ThrowIfDisposed();

        // Invariant: the range was checked against the block.
        return new Span<byte>(_bytes + addressBytes, sizeBytes);
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_bytes is null, this);
}
