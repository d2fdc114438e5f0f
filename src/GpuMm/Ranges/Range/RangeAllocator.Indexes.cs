using System.Runtime.CompilerServices;

namespace GpuMm.Ranges;

/// <content>The indexes over the holes: made on first need, kept up while they are used.</content>
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
    private ulong _sizeAsked; // Stamp of the last question to each.
    private ulong _addressAsked;
    private ulong _recencyAsked;

    /// <summary>Bytes of the largest hole; 0 when the range is full. Cost: that of an insertion.</summary>
    public ulong LargestHoleBytes =>
        _byAddress is not null ? _byAddress.LargestSize : _holes.Holes[BySize().FindLargest()].Size;

    private long IndexMetadataBytes =>
        (_bySize is null ? 0 : SizeIndex.MetadataBytes) + (_byAddress?.MetadataBytes ?? 0) +
        (_byRecency?.MetadataBytes ?? 0);

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
        _bySize = new SizeIndex(_holes);
        _bySize.Build();
        return _bySize;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private AddressIndex MakeAddressIndex()
    {
        _byAddress = new AddressIndex();
        _byAddress.Build(_holes);
        return _byAddress;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private RecencyIndex MakeRecencyIndex()
    {
        _byRecency = new RecencyIndex();
        _byRecency.Build(_holes, _segments.Elements);
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
        if (_byRecency is not null)
        {
            _byRecency.Reserve(_holes);
            _byRecency.Add(entry);
        }
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
        ref RangeHole hole = ref _holes.Holes[entry];
        _byAddress?.Change(hole.Start, start, size);
        hole.Start = start;
        hole.Size = size;
        _segments[hole.Segment].Stamp = NextStamp();
        _bySize?.Add(entry);
        if (_byRecency is not null)
        {
            _byRecency.Remove(entry);
            _byRecency.Add(entry);
        }
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
        _bySize = _stamp - _sizeAsked > limit ? null : _bySize;
        _byAddress = _stamp - _addressAsked > limit ? null : _byAddress;
        _byRecency = _stamp - _recencyAsked > limit ? null : _byRecency;
    }
}
