using System;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace GpuMm.Ranges;

/// <summary>
/// Gives out pieces of any size of one space in constant time: free runs (holes) lie in lists by size class, 64 classes to
/// each doubling, and two levels of bitmaps find the next class that has one. Made for many small objects inside a buffer.
/// </summary>
/// <remarks>
/// <para>
/// Works in units; a size is rounded up to whole units. Sizes below 64 units have a class of their own, so that they never
/// leave a remainder behind when a hole of that size exists. Freed neighbours merge at once.
/// </para>
/// <para>
/// Limits: 2^32 - 1 units, and as many live blocks as the constructor says, at most <see cref="MaxLiveLimit"/>. A freed
/// name is refused until its slot was used 2^31 times more, in the dense layout until 65,536 blocks more have started at
/// its unit.
/// </para>
/// Lock: none, the caller serialises. Cost: O(1), except that a request which no larger class can serve looks at every
/// hole of the classes that might (its own; with an alignment those up to size + alignment) before it gives up: no hole
/// that fits is ever overlooked. No managed allocation, growth of the tables aside.
/// Source: the two levels of TLSF (Masmano and others, 2004) and the flat node table of OffsetAllocator; own code.
/// </remarks>
public sealed partial class BinAllocator
{
    /// <summary>Most live blocks that an allocator can be made for.</summary>
    public const int MaxLiveLimit = 1 << 27; // 2 slots each (a block and the hole behind it) of 4 words: 2^30 array elements

    private const ulong DenseUnitsPerLive = 8; // at more, the nodes take less memory and the borders more cache

    private readonly int _unitShift;
    private readonly uint _unitCount;
    private readonly int _maxLiveCount;
    private readonly DenseBins? _dense; // in place of the nodes
    private uint _freeUnits;

    /// <summary>Makes an allocator over [0, <paramref name="sizeBytes"/>), all of it free.</summary>
    /// <param name="sizeBytes">Size of the space; rounded down to whole units: 1 to 2^32 - 1 of them.</param>
    /// <param name="unitBytes">Granularity of offsets and sizes: a power of two.</param>
    /// <param name="maxLiveCount">Most live blocks, 1 to <see cref="MaxLiveLimit"/>.</param>
    /// <param name="expectedLiveCount">
    /// Live blocks that the tables are made for at once, at most <paramref name="maxLiveCount"/>; they hold half as many
    /// holes besides, and grow when there are more. From one for each 8 units up the dense layout is chosen: faster and
    /// smaller for many blocks of a few units.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public BinAllocator(
        ulong sizeBytes,
        ulong unitBytes = 256,
        int maxLiveCount = MaxLiveLimit,
        int expectedLiveCount = 0)
    {
        if (!BitOperations.IsPow2(unitBytes))
        {
            throw new ArgumentOutOfRangeException(nameof(unitBytes), unitBytes, "The unit is a power of two.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxLiveCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxLiveCount, MaxLiveLimit);
        ArgumentOutOfRangeException.ThrowIfNegative(expectedLiveCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(expectedLiveCount, maxLiveCount);
        _unitShift = BitOperations.Log2(unitBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(sizeBytes, unitBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sizeBytes >> _unitShift, uint.MaxValue, nameof(sizeBytes));
        _unitCount = (uint)(sizeBytes >> _unitShift);
        _maxLiveCount = maxLiveCount;
        _salt = AllocatorIdentity.NextGenerationSalt();
        _freeUnits = _unitCount;
        if (_unitCount <= Math.Min(DenseBins.UnitLimit, (ulong)expectedLiveCount * DenseUnitsPerLive))
        {
            _heads = [];
            _dense = new DenseBins(_unitCount, expectedLiveCount);
            return;
        }

        _heads = new uint[BinClass.Count];
        _nodes = new LineArray<Node>(Math.Max(MinNodes, expectedLiveCount + (expectedLiveCount / 2)));
        Array.Fill(_heads, None);
        uint slot = TakeSlot();
        AddHole(ref _nodes.First, slot, offset: 0, _unitCount, before: None, after: None);
    }

    /// <summary>Size of the space, bytes.</summary>
    public ulong SizeBytes => (ulong)_unitCount << _unitShift;

    /// <summary>Granularity of offsets and sizes, bytes.</summary>
    public ulong UnitBytes => 1ul << _unitShift;

    /// <summary>Bytes that are free.</summary>
    public ulong FreeBytes => (ulong)_freeUnits << _unitShift;

    /// <summary>Number of live blocks.</summary>
    public int LiveCount { get; private set; }

    /// <summary>Bytes of managed memory that the tables hold.</summary>
    public long MetadataBytes => _dense?.MetadataBytes ?? (_nodes.MetadataBytes + (4L * _heads.Length) + _mask.MetadataBytes);

    /// <summary>Size of the largest hole, bytes. Cost: O(holes of the highest class that has one).</summary>
    public ulong LargestFreeBytes
    {
        get
        {
            uint largest = _dense?.LargestHole ?? 0;
            if (!_mask.IsEmpty)
            {
                for (uint slot = _heads[_mask.Highest]; slot != None; slot = _nodes[slot].NextInBin)
                {
                    largest = Math.Max(largest, _nodes[slot].Size);
                }
            }

            return (ulong)largest << _unitShift;
        }
    }

    /// <summary>Takes space.</summary>
    /// <param name="sizeBytes">Bytes wanted, at least 1; rounded up to whole units.</param>
    /// <param name="alignmentBytes">A power of two; 0 and 1 mean any unit.</param>
    /// <param name="block">The block, or <c>default</c> on failure.</param>
    /// <param name="offsetBytes">Its first byte.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.NoSpace"/> when no hole fits, or as many blocks live as may;
    /// <see cref="MmStatus.InvalidArgument"/> when the size is 0 or above the space, or the alignment is no power of two.
    /// </returns>
    public MmStatus TryAllocate(ulong sizeBytes, ulong alignmentBytes, out BinBlock block, out ulong offsetBytes)
    {
        AssertInvariants();
        block = default;
        offsetBytes = 0;
        if (unchecked(sizeBytes - 1) >= SizeBytes || (alignmentBytes & unchecked(alignmentBytes - 1)) != 0)
        {
            return MmStatus.InvalidArgument;
        }

        uint size = (uint)((sizeBytes - 1) >> _unitShift) + 1;
        if (size > _freeUnits || LiveCount >= _maxLiveCount)
        {
            return MmStatus.NoSpace;
        }

        if (_dense is { } dense)
        {
            bool isTaken = alignmentBytes <= 1ul << _unitShift
                ? dense.TryTake(size, out block, out uint offset)
                : dense.TryTakeAligned(size, alignmentBytes >> _unitShift, out block, out offset);
            uint taken = isTaken ? 1u : 0;
            offsetBytes = (ulong)offset << _unitShift;
            LiveCount += (int)taken;
            _freeUnits -= size * taken;
            AssertInvariants();
            return isTaken ? MmStatus.Ok : MmStatus.NoSpace;
        }

        uint slot;
        if (alignmentBytes <= 1ul << _unitShift)
        {
            slot = FindHole(size);
            if (slot == None)
            {
                return MmStatus.NoSpace;
            }

        }
        else
        {
            ulong alignment = alignmentBytes >> _unitShift;
            slot = FindAlignedHole(size, alignment);
            if (slot == None)
            {
                return MmStatus.NoSpace;
            }

            slot = SkipTo(slot, AlignUp(_nodes[slot].Offset, alignment));
        }

        ref Node node = ref TakeFront(slot, size);
        block = new BinBlock(slot, node.Generation);
        offsetBytes = (ulong)node.Offset << _unitShift;
        AssertInvariants();
        return MmStatus.Ok;
    }

    /// <summary>Gives a block back and merges it with free neighbours.</summary>
    /// <param name="block">The block.</param>
    /// <exception cref="InvalidOperationException">The block is stale (freed before) or foreign; nothing changes.</exception>
    public void Free(BinBlock block)
    {
        AssertInvariants();
        if (_dense is { } dense)
        {
            uint freed = dense.TryFree(block);
            if (freed == 0)
            {
                ThrowStale(block);
            }

            _freeUnits += freed;
            LiveCount--;
            AssertInvariants();
            return;
        }

        uint slot = block.Slot;
        ref Node node = ref LiveNode(block);
        ref Node nodes = ref _nodes.First;
        node.Generation = unchecked(node.Generation + 1);
        LiveCount--;
        uint size = node.Size;
        uint offset = node.Offset;
        uint before = node.Before;
        uint after = node.After;
        _freeUnits += size;

        // The links say whether the neighbour is a hole, so that a live neighbour's node is written but never waited for.
        if (IsHole(after))
        {
            uint gone = after & SlotMask;
            ref Node hole = ref At(ref nodes, gone);
            size += hole.Size;
            after = hole.After;
            Unlink(ref nodes, gone, ref hole);
            ReturnSlot(gone, ref hole);
        }

        if (IsHole(before))
        {
            uint gone = before & SlotMask;
            ref Node hole = ref At(ref nodes, gone);
            size += hole.Size;
            offset = hole.Offset;
            before = hole.Before;
            Unlink(ref nodes, gone, ref hole);
            ReturnSlot(gone, ref hole);
        }

        AddHole(ref nodes, slot, offset, size, before, after);
        AssertInvariants();
    }

    /// <summary>True when a name stands for a live block of this allocator.</summary>
    /// <param name="block">The name.</param>
    public bool IsLive(BinBlock block) => _dense is { } dense ? dense.IsLive(block) :
        block.Slot < (uint)_made && (block.Generation & 1) != 0 && _nodes[block.Slot].Generation == block.Generation;

    /// <summary>The bytes of a live block; the size is the one that was asked for, rounded up to units.</summary>
    /// <param name="block">The block.</param>
    /// <exception cref="InvalidOperationException">The block is stale or foreign.</exception>
    public ByteRange GetRange(BinBlock block)
    {
        if (_dense is { } dense)
        {
            VerifyLive(dense, block);
            return new ByteRange((ulong)block.Slot << _unitShift, (ulong)dense.SizeOf(block.Slot) << _unitShift);
        }

        ref Node node = ref LiveNode(block);
        return new ByteRange((ulong)node.Offset << _unitShift, (ulong)node.Size << _unitShift);
    }

    [DoesNotReturn]
    private static void ThrowStale(BinBlock block) => throw new InvalidOperationException(
        $"Block 0x{block.Packed:x} is not live here: it was freed before, or belongs to another allocator.");

    private static ulong AlignUp(uint offset, ulong alignment) => (offset + alignment - 1) & ~(alignment - 1);

    private static void VerifyLive(DenseBins dense, BinBlock block)
    {
        if (!dense.IsLive(block))
        {
            ThrowStale(block);
        }
    }

    private ref Node LiveNode(BinBlock block)
    {
        if (!IsLive(block))
        {
            ThrowStale(block);
        }

        return ref _nodes[block.Slot];
    }

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(_freeUnits <= _unitCount, "No more is free than there is.");
        Debug.Assert(_dense is not null || _mask.IsEmpty == (_freeUnits == 0), "Free space lies in holes, and holes lie in bins.");
        Debug.Assert(LiveCount <= _maxLiveCount, "The limit holds.");
    }
}
