using System;
using System.Runtime.InteropServices;
using GpuMm.Primitives;

namespace GpuMm.Backing;

/// <summary>Keeps the first 8 bytes of each page; the rest of a page reads as zero.</summary>
internal sealed class PageHeadBacking : MemoryBacking
{
    private const int HeadBytes = sizeof(ulong);

    private readonly ulong[] _heads;

    public PageHeadBacking(ulong sizeBytes)
        : base(sizeBytes)
    {
        ulong pageCount = Pages.Count(sizeBytes);
        if (pageCount > (ulong)Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(
                nameof(sizeBytes), sizeBytes, "Page heads serve at most 8 TiB; keep nothing (BackingKind.None) above that.");
        }

        _heads = new ulong[pageCount];
    }

    public override int StoredBytesPerPage => HeadBytes;

    public override void Read(ulong addressBytes, Span<byte> into)
    {
        CheckRange(addressBytes, (ulong)into.Length);
        while (!into.IsEmpty)
        {
            int offset = (int)(addressBytes % Pages.SizeBytes);
            int count = (int)Math.Min((ulong)into.Length, Pages.SizeBytes - (ulong)offset);
            Span<byte> part = into[..count];
            part.Clear();
            if (offset < HeadBytes)
            {
                ReadOnlySpan<byte> head = Head(addressBytes)[offset..];
                head[..Math.Min(head.Length, count)].CopyTo(part);
            }

            into = into[count..];
            addressBytes += (ulong)count;
        }
    }

    public override void Write(ulong addressBytes, ReadOnlySpan<byte> from)
    {
        CheckRange(addressBytes, (ulong)from.Length);
        while (!from.IsEmpty)
        {
            int offset = (int)(addressBytes % Pages.SizeBytes);
            int count = (int)Math.Min((ulong)from.Length, Pages.SizeBytes - (ulong)offset);
            if (offset < HeadBytes)
            {
                Span<byte> head = Head(addressBytes)[offset..];
                from[..Math.Min(head.Length, count)].CopyTo(head);
            }

            from = from[count..];
            addressBytes += (ulong)count;
        }
    }

    public override void Clear(ulong addressBytes, ulong sizeBytes)
    {
        CheckRange(addressBytes, sizeBytes);
        Heads(addressBytes, sizeBytes).Clear();
    }

    public override void CopyTo(ulong addressBytes, MemoryBacking destination, ulong destinationBytes, ulong sizeBytes)
    {
        PageHeadBacking other = Same<PageHeadBacking>(destination);
        CheckRange(addressBytes, sizeBytes);
        other.CheckRange(destinationBytes, sizeBytes);
        Heads(addressBytes, sizeBytes).CopyTo(other.Heads(destinationBytes, sizeBytes));
    }

    private Span<byte> Head(ulong addressBytes) =>
        MemoryMarshal.AsBytes(_heads.AsSpan((int)(addressBytes >> Pages.Shift), 1));

    private Span<ulong> Heads(ulong addressBytes, ulong sizeBytes) =>
        _heads.AsSpan((int)(addressBytes >> Pages.Shift), (int)(sizeBytes >> Pages.Shift));
}
