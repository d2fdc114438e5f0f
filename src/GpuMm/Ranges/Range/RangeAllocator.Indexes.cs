using System.Runtime.CompilerServices;

namespace GpuMm.Ranges;

/// <content>
/// The indexes over the holes: made on first need, kept up while they are used. One that nobody asks is dropped, but its
/// arrays stay for the next time, so that a caller who changes modes now and then allocates nothing in the long run.
/// </content>
public sealed partial class RangeAllocator
{
    // How often unused indexes are looked for, in changes; a power of two.
    private const ulong IdleCheckPeriod = 1_024;

    // An index goes after this many changes for each hole without a question, so that a rebuild is always paid for by
    // the upkeep that was saved.
    private const ulong IdleChangesPerHole = 8;

    private SizeIndex? _bySize;
    private AddressIndex? _byAddress;
    private RecencyIndex? _byRecency;
    private SizeIndex? _droppedSize; // Out of date; at most one of each pair is not null.
    private AddressIndex? _droppedAddress;
    private RecencyIndex? _droppedRecency;
    private ulong _sizeAsked; // Stamp of the last question to each.
    private ulong _addressAsked;
    private ulong _recencyAsked;

    /// <summary>Bytes of the largest hole; 0 when the range is full. Cost: that of an insertion.</summary>
    public ulong LargestHoleBytes =>
        _byAddress is not null ? _byAddress.LargestSize : _holes.Holes[BySize().FindLargest()].Size;

    private long IndexMetadataBytes =>
        (_bySize is null && _droppedSize is null ? 0 : SizeIndex.MetadataBytes) +
        ((_byAddress ?? _droppedAddress)?.MetadataBytes ?? 0) +
        ((_byRecency ?? _droppedRecency)?.MetadataBytes ?? 0);

    private SizeIndex BySize()
    {
        _sizeAsked = _stamp;
        return _bySize ?? MakeSizeIndex();
    }

    private AddressIndex ByAddress()
    {
        _addressAsked = _stamp;
        return _byAddress ?? MakeAddressIndex();
    }

    private RecencyIndex ByRecency()
    {
        _recencyAsked = _stamp;
        return _byRecency ?? MakeRecencyIndex();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private SizeIndex MakeSizeIndex()
    {
        _bySize = _droppedSize ?? new SizeIndex(_holes);
        _droppedSize = null;
        _bySize.Build();
        return _bySize;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private AddressIndex MakeAddressIndex()
    {
        _byAddress = _droppedAddress ?? new AddressIndex(_holes.Capacity);
        _droppedAddress = null;
        _byAddress.Build(_holes);
        return _byAddress;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private RecencyIndex MakeRecencyIndex()
    {
        _byRecency = _droppedRecency ?? new RecencyIndex(_holes);
        _droppedRecency = null;
        _byRecency.Build(_segments.Elements);
        return _byRecency;
    }

    private void AddHole(ulong start, ulong size, int segment)
    {
        int entry = _holes.Add(start, size, segment);
        ref RangeSegment piece = ref _segments[segment];
        piece.Hole = entry;
        piece.Stamp = NextStamp();
        _bySize?.Add(entry);
        _byAddress?.Add(start, size, entry);
        _byRecency?.Add(entry);
    }

    private void RemoveHole(int entry)
    {
        NextStamp();
        _bySize?.Remove(entry);
        _byAddress?.Remove(_holes.Holes[entry].Start);
        _byRecency?.Remove(entry);
        _holes.Remove(entry);
    }

    /// <summary>A hole gets another start and size between the same neighbours.</summary>
    private void MoveHole(int entry, ulong start, ulong size)
    {
        _bySize?.Remove(entry);
        _byRecency?.Remove(entry);
        ref RangeHole hole = ref _holes.Holes[entry];
        _byAddress?.Change(hole.Start, start, size);
        hole.Start = start;
        hole.Size = size;
        _segments[hole.Segment].Stamp = NextStamp();
        _bySize?.Add(entry);
        _byRecency?.Add(entry);
    }

    private ulong NextStamp()
    {
        ulong stamp = ++_stamp;
        if ((stamp & (IdleCheckPeriod - 1)) == 0)
        {
            DropIdleIndexes();
        }

        return stamp;
    }

    /// <summary>Drops what nobody asked for a long time. A later question builds it anew.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void DropIdleIndexes()
    {
        ulong limit = IdleCheckPeriod + (IdleChangesPerHole * (ulong)_holes.Count);
        DropIf(_stamp - _sizeAsked > limit, ref _bySize, ref _droppedSize);
        DropIf(_stamp - _addressAsked > limit, ref _byAddress, ref _droppedAddress);
        DropIf(_stamp - _recencyAsked > limit, ref _byRecency, ref _droppedRecency);
    }

    private static void DropIf<TIndex>(bool isIdle, ref TIndex? index, ref TIndex? dropped)
        where TIndex : class
    {
        if (isIdle && index is not null)
        {
            dropped = index;
            index = null;
        }
    }
}
