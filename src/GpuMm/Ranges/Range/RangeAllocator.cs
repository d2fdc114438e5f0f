using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace GpuMm.Ranges;

/// <summary>
/// Gives out ranges of a linear space of up to 2^64 bytes: any size, alignment, window and colour, four ways to choose the
/// hole, exact places, and eviction scans.
/// </summary>
/// <remarks>
/// It owns no memory of the space and holds no lock: the caller serialises. After construction no operation allocates
/// managed memory, but for the growth of its tables and for the first use of an index (below).
/// Cost: what a mode needs to find its hole is an index over the holes, by size for <see cref="RangeMode.Best"/>, by
/// address for <see cref="RangeMode.Low"/>, <see cref="RangeMode.High"/> and <see cref="TryInsertAt"/>, by age for
/// <see cref="RangeMode.Evict"/>. An index is built when it is first needed, O(holes log holes), kept up from then on,
/// and dropped when it goes unused for many changes (its arrays stay for the next time); an operation is O(log holes) for each index in use.
/// Source: the contract is that of drm_mm (drivers/gpu/drm/drm_mm.c); the data structures are our own.
/// </remarks>
public sealed partial class RangeAllocator
{
    private const int Sentinel = 0;
    private const int NodesPerHole = 4; // What the first tables are made for.
    private const int MaxSegments = 1 << 28; // 8 GiB of records.

    private readonly HoleTable _holes;
    private readonly ulong _baseBytes;
    private readonly uint _firstGeneration;
    private readonly int _segmentLimit;
    private LineArray<RangeSegment> _segments;
    private ulong[]? _colors; // By slot; made when the first node with a colour other than 0 appears.
    private ColorAdjust? _colorAdjust;
    private int _unusedSegment;
    private int _usedSegments;
    private ulong _usedBytes;
    private int _nodeCount;
    private ulong _stamp; // Counts changes of holes, hence of everything.
    private AllocatorState _state;

    /// <summary>An empty range.</summary>
    /// <param name="startBytes">Its lowest address.</param>
    /// <param name="sizeBytes">Its size, at least 1; it may end at 2^64 but not behind it.</param>
    /// <param name="capacity">
    /// Live nodes to make room for, and a hole for every fourth of them; the tables grow beyond it when they must.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The size is 0 or the end lies behind 2^64.</exception>
    public RangeAllocator(ulong startBytes, ulong sizeBytes, int capacity = 0)
        : this(startBytes, sizeBytes, capacity, MaxSegments)
    {
    }

    internal RangeAllocator(ulong startBytes, ulong sizeBytes, int capacity, int segmentLimit)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sizeBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sizeBytes - 1, ulong.MaxValue - startBytes, nameof(sizeBytes));
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        _baseBytes = startBytes;
        SizeBytes = sizeBytes;
        _segmentLimit = segmentLimit;
        _firstGeneration = AllocatorIdentity.NextGenerationSalt();

        // Holes need records too: first fit leaves a hole for every fifth to every other node, best fit fewer.
        int holeCapacity = (capacity / NodesPerHole) + 1; // the rest behind the last node
        _segments = new LineArray<RangeSegment>((int)Math.Min((long)capacity + holeCapacity + 4, segmentLimit));
        _holes = new HoleTable(holeCapacity);
        _usedSegments = Sentinel + 1;
        int only = TakeSegment();
        _segments[Sentinel] = new RangeSegment { Prev = only, Next = only };
        _segments[only].Prev = Sentinel;
        _segments[only].Next = Sentinel;
        AddHole(0, sizeBytes, only);
    }

    private enum AllocatorState : byte
    {
        Idle,
        Scanning,
        InColorAdjust,
        TakenDown,
    }

    /// <summary>Lowest address of the range.</summary>
    public ulong StartBytes => _baseBytes;

    /// <summary>Size of the range, bytes.</summary>
    public ulong SizeBytes { get; }

    /// <summary>Bytes of all holes together.</summary>
    public ulong FreeBytes => SizeBytes - _usedBytes;

    /// <summary>Number of live nodes.</summary>
    public int NodeCount => _nodeCount;

    /// <summary>Number of holes.</summary>
    public int HoleCount => _holes.Count;

    /// <summary>True when there is no node.</summary>
    public bool IsClean => _nodeCount == 0;

    /// <summary>
    /// Keeps nodes of different colours apart; null for no such rule. It applies to what comes later and moves no node.
    /// </summary>
    /// <exception cref="InvalidOperationException">An eviction scan is under way, or the callback itself sets it.</exception>
    public ColorAdjust? ColorAdjust
    {
        get => _colorAdjust;
        set
        {
            RequireIdle();
            _colorAdjust = value;
        }
    }

    /// <summary>Bytes of all tables, unused entries included.</summary>
    public long MetadataBytes =>
        _segments.MetadataBytes + ((_colors?.Length ?? 0L) * sizeof(ulong)) +
        _holes.MetadataBytes + IndexMetadataBytes;

    /// <summary>Takes the first hole that the request's mode finds fit.</summary>
    /// <param name="request">Size, alignment, colour, window and mode.</param>
    /// <param name="handle">The node; none on failure.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.NoSpace"/> when no hole fits, also when the size is larger than
    /// the window or the range; <see cref="MmStatus.InvalidArgument"/> when the size is 0, the window ends before it
    /// starts, or the mode is none. On failure nothing changes.
    /// </returns>
    /// <exception cref="InvalidOperationException">An eviction scan is under way, or the range was taken down.</exception>
    /// <remarks>
    /// Cost: O(log holes) for each hole tried. Holes that are long enough but fail on alignment, colour or (for
    /// <see cref="RangeMode.Best"/> and <see cref="RangeMode.Evict"/>) the window are tried one after the other.
    /// Source: drm_mm_insert_node_in_range, where the three failures are one ENOSPC
    /// (see <see cref="MmStatusExtensions.IsNoSpace"/>).
    /// </remarks>
    public MmStatus TryInsert(in RangeRequest request, out RangeHandle handle)
    {
        RequireIdle();
        if (_colorAdjust is null && IsPlain(in request))
        {
            return TryInsertPlain(request.SizeBytes, request.Color, request.Mode, out handle);
        }

        handle = default;
        MmStatus status = FindPlace(in request, out int hole, out ulong start);
        return status == MmStatus.Ok ? TryPlace(hole, start, request.SizeBytes, request.Color, out handle) : status;
    }

    /// <summary>Takes exactly the given bytes.</summary>
    /// <param name="range">Where the node shall lie.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="handle">The node; none on failure.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.Overlap"/> when another node holds some of the bytes;
    /// <see cref="MmStatus.NoSpace"/> when they are free but a neighbour's colour forbids it;
    /// <see cref="MmStatus.InvalidArgument"/> when the size is 0 or the range does not lie inside the space.
    /// On failure nothing changes.
    /// </returns>
    /// <exception cref="InvalidOperationException">An eviction scan is under way, or the range was taken down.</exception>
    /// <remarks>Cost: O(log holes). Source: drm_mm_reserve_node.</remarks>
    public MmStatus TryInsertAt(ByteRange range, ulong color, out RangeHandle handle)
    {
        RequireIdle();
        handle = default;
        if (range.SizeBytes == 0 || range.StartBytes < _baseBytes ||
            range.StartBytes - _baseBytes >= SizeBytes ||
            range.SizeBytes > SizeBytes - (range.StartBytes - _baseBytes))
        {
            return MmStatus.InvalidArgument;
        }

        ulong start = range.StartBytes - _baseBytes;
        int entry = HoleAt(start);
        if (entry == 0 || _holes.Holes[entry].End - start < range.SizeBytes)
        {
            return MmStatus.Overlap;
        }

        if (!TryClip(entry, color, out ulong freeStart, out ulong freeEnd) ||
            freeStart > start || freeEnd < start || freeEnd - start < range.SizeBytes)
        {
            return MmStatus.NoSpace;
        }

        return TryPlace(entry, start, range.SizeBytes, color, out handle);
    }

    /// <summary>Gives the place, size and colour of a node to a new handle; the old one is refused from now on.</summary>
    /// <param name="handle">A live node.</param>
    /// <returns>The new handle.</returns>
    /// <exception cref="InvalidOperationException">The handle is not live, or an eviction scan is under way.</exception>
    /// <remarks>Cost: O(1). Source: drm_mm_replace_node.</remarks>
    public RangeHandle Replace(RangeHandle handle)
    {
        RequireIdle();
        int slot = SlotOf(handle);
        ref RangeSegment node = ref _segments[slot];
        node.Generation = unchecked(node.Generation + 2);
        _stamp++;
        return new RangeHandle(slot, node.Generation);
    }

    /// <summary>Gives a node's bytes back; free neighbours join them.</summary>
    /// <param name="handle">A live node; refused from now on.</param>
    /// <exception cref="InvalidOperationException">
    /// The handle is not live (freed before, or of another allocator), or an eviction scan is under way.
    /// </exception>
    /// <remarks>Cost: O(log holes). Source: drm_mm_remove_node.</remarks>
    public void Remove(RangeHandle handle)
    {
        RequireIdle();
        Free(SlotOf(handle));
    }

    /// <summary>True when the handle names a live node of this allocator.</summary>
    public bool Contains(RangeHandle handle) =>
        handle.Slot < (uint)_segments.Length && (handle.Generation & 1) != 0 &&
        _segments[handle.Slot].Generation == handle.Generation;

    /// <summary>Place, size and colour of a node. Cost: O(1).</summary>
    /// <exception cref="InvalidOperationException">The handle is not live.</exception>
    public RangeNode GetNode(RangeHandle handle) => NodeOf(SlotOf(handle));

    /// <summary>The bytes of a node. Cost: O(1).</summary>
    /// <exception cref="InvalidOperationException">The handle is not live.</exception>
    public ByteRange GetRange(RangeHandle handle)
    {
        ref RangeSegment node = ref _segments[SlotOf(handle)];
        return new ByteRange(_baseBytes + node.Start, node.Size);
    }

    /// <summary>True when the bytes behind a node are free. Cost: O(1).</summary>
    /// <exception cref="InvalidOperationException">The handle is not live.</exception>
    public bool HoleFollows(RangeHandle handle) => _segments[SlotOf(handle)].HoleAfter;

    private static bool IsPlain(in RangeRequest request) =>
        (request.StartBytes | request.EndBytes) == 0 && request.AlignmentBytes <= 1 &&
        request.Mode <= RangeMode.High && request.SizeBytes != 0;

    private RangeNode NodeOf(int slot)
    {
        ref RangeSegment node = ref _segments[slot];
        return new RangeNode(
            new RangeHandle(slot, node.Generation), new ByteRange(_baseBytes + node.Start, node.Size), ColorOf(slot));
    }

    private ulong ColorOf(int slot) => _colors is null ? 0 : _colors[slot];

    private int SlotOf(RangeHandle handle)
    {
        if (!Contains(handle))
        {
            ThrowNotLive(handle);
        }

        return (int)handle.Slot;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RequireIdle()
    {
        if (_state != AllocatorState.Idle)
        {
            ThrowNotIdle();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ThrowNotIdle() => throw new InvalidOperationException(_state switch
    {
        AllocatorState.Scanning => "An eviction scan is under way: give back every scanned node first.",
        AllocatorState.InColorAdjust => "The colour callback must not call the allocator.",
        AllocatorState.TakenDown => "The range was taken down.",
        _ => throw new UnreachableException(),
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ThrowNotLive(RangeHandle handle)
    {
        string reason = _state == AllocatorState.TakenDown ? "the range was taken down"
            : handle.IsNone ? "it names no node"
            : (handle.Generation & 1) == 0 || handle.Slot >= (uint)_segments.Length ? "this allocator never made it"
            : "its node was freed or replaced, or another allocator made it";
        throw new InvalidOperationException($"The handle of {handle} is not live: {reason}.");
    }
}
