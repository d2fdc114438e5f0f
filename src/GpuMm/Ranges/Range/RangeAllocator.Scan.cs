using System;

namespace GpuMm.Ranges;

/// <content>
/// The eviction scan: which nodes, taken in the caller's order, must go so that a request fits?
/// </content>
/// <remarks>
/// Idle --AddBlock--> Scanning --AddBlock, RemoveBlock--> Scanning --last RemoveBlock--> Idle. Each added node leaves the ring
/// but keeps its own links, so taking the nodes back in exact reverse order restores the ring link by link.
/// Source: the drm_mm_scan_* functions; the links are Knuth's dancing links.
/// </remarks>
public sealed partial class RangeAllocator
{
    private const int FirstScanCapacity = 16;

    private int[] _scanned = [];
    private int _scannedCount;
    private RangeRequest _scanRequest;
    private bool _scanBegun;
    private ulong _hitStart; // Offsets; both 0 until there is a hit.
    private ulong _hitEnd;

    /// <summary>Where the request of the last scan fits once the victims are gone; null without a hit.</summary>
    public ByteRange? ScanHit =>
        _hitEnd == 0 ? null : new ByteRange(unchecked(_baseBytes + _hitStart), _hitEnd - _hitStart);

    /// <summary>Begins an eviction scan; forgets the last one.</summary>
    /// <param name="request">
    /// What shall fit afterwards. Of the modes only <see cref="RangeMode.High"/> makes a difference: the place is then
    /// at the high end.
    /// </param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.InvalidArgument"/> and <see cref="MmStatus.NoSpace"/> as
    /// <see cref="TryInsert"/>, when no eviction could help.
    /// </returns>
    /// <exception cref="InvalidOperationException">A scan holds nodes, or the range was taken down.</exception>
    public MmStatus BeginScan(in RangeRequest request)
    {
        RequireIdle();
        _scanBegun = false;
        _hitStart = 0;
        _hitEnd = 0;
        if (request.SizeBytes == 0 || (request.Mode & ~RangeMode.Once) > RangeMode.Evict ||
            (request.EndBytes != 0 && request.StartBytes > request.EndBytes))
        {
            return MmStatus.InvalidArgument;
        }

        Window window = WindowOf(in request);
        if (window.Start >= window.End || window.End - window.Start < request.SizeBytes)
        {
            return MmStatus.NoSpace;
        }

        _scanRequest = request;
        _scanBegun = true;
        return MmStatus.Ok;
    }

    /// <summary>Adds the next candidate, in the order in which the caller would evict.</summary>
    /// <param name="handle">A live node that is not in the scan.</param>
    /// <returns>True when the request now fits around this node: stop adding, and give all nodes back.</returns>
    /// <exception cref="InvalidOperationException">
    /// No scan was begun, the handle is not live, or the node is in the scan already.
    /// </exception>
    /// <remarks>
    /// Until every node was given back, every operation that changes the range or walks it throws.
    /// Cost: O(1), but for the growth of the list of scanned nodes.
    /// </remarks>
    public bool AddBlock(RangeHandle handle)
    {
        RequireScan();
        int slot = SlotOf(handle);
        Span<RangeSegment> segments = _segments.Elements;
        ref RangeSegment node = ref segments[slot];
        if (node.Scanned)
        {
            throw new InvalidOperationException($"The node of {handle} is in the scan already.");
        }

        int left = NodeBefore(node.Prev);
        int right = NodeBehind(node.Next);
        ulong start = left == Sentinel ? 0 : segments[left].Start + segments[left].Size;
        ulong end = right == Sentinel ? SizeBytes : segments[right].Start;

        // The colour rule may throw, so it goes first.
        bool free = TryClip(start, end, left, right, _scanRequest.Color, out ulong freeStart, out ulong freeEnd);
        PushScanned(slot);
        node.Scanned = true;
        Join(segments, left, right);
        Window window = WindowOf(in _scanRequest);
        bool atEnd = (_scanRequest.Mode & ~RangeMode.Once) == RangeMode.High;
        if (!free || !TryAlign(freeStart, freeEnd, in _scanRequest, in window, atEnd, out ulong hit))
        {
            return false;
        }

        _hitStart = hit;
        _hitEnd = hit + _scanRequest.SizeBytes;
        return true;
    }

    /// <summary>Gives the node that was added last back to the range.</summary>
    /// <param name="handle">The last of the nodes that were added and not yet given back.</param>
    /// <returns>True when it lies in the way of the hit and must be evicted; false when it may stay.</returns>
    /// <exception cref="InvalidOperationException">It is not the node that was added last.</exception>
    /// <remarks>Free the victims only when all nodes were given back. Cost: O(1).</remarks>
    public bool RemoveBlock(RangeHandle handle)
    {
        RequireScan();
        int slot = SlotOf(handle);
        if (_scannedCount == 0 || _scanned[_scannedCount - 1] != slot)
        {
            throw new InvalidOperationException(
                $"The node of {handle} is not the one that was added last: give nodes back in exact reverse order.");
        }

        _scannedCount--;
        Span<RangeSegment> segments = _segments.Elements;
        ref RangeSegment node = ref segments[slot];
        node.Scanned = false;
        segments[NodeBefore(node.Prev)].Next = IsHole(node.Prev) ? node.Prev : slot;
        segments[NodeBehind(node.Next)].Prev = IsHole(node.Next) ? node.Next : slot;
        if (_scannedCount == 0)
        {
            _state = AllocatorState.Idle;
        }

        return node.Start < _hitEnd && node.Start + node.Size > _hitStart;
    }

    /// <summary>Names one more node that must go because its colour would take too much of the freed place.</summary>
    /// <returns>The node; none when the place is good. Ask again after each eviction.</returns>
    /// <exception cref="InvalidOperationException">
    /// No scan found a place, nodes are still in the scan, or the victims were not freed.
    /// </exception>
    /// <remarks>Cost: O(1) directly after the evictions. Source: drm_mm_scan_color_evict.</remarks>
    public RangeHandle ColorEvict()
    {
        RequireIdle();
        RequireScan();
        if (_hitEnd == 0)
        {
            throw new InvalidOperationException("The scan found no place.");
        }

        if (_colorAdjust is null)
        {
            return default;
        }

        RangeHole[] holes = _holes.Holes;
        ulong hitBytes = _hitEnd - _hitStart;
        int entry = ByRecency().Newest(hitBytes);
        while (entry != 0 && (holes[entry].Start > _hitStart || holes[entry].End < _hitEnd))
        {
            entry = ByRecency().OlderThan(entry, hitBytes);
        }

        if (entry == 0)
        {
            throw new InvalidOperationException("The victims of the scan are not freed yet.");
        }

        ref RangeHole hole = ref holes[entry];
        ref RangeSegment segment = ref _segments[hole.Segment];
        ColorMargins margins = MarginsOf(hole.Start, hole.End, segment.Prev, segment.Next, _scanRequest.Color);
        bool first = margins.BeforeBytes > _hitStart - hole.Start;
        if (!first && margins.AfterBytes <= hole.End - _hitEnd)
        {
            return default;
        }

        int victim = first ? segment.Prev : segment.Next;
        return victim == Sentinel ? default : new RangeHandle(victim, _segments[victim].Generation);
    }

    private void RequireScan()
    {
        if (!_scanBegun || _state is not (AllocatorState.Idle or AllocatorState.Scanning))
        {
            throw new InvalidOperationException("No eviction scan was begun.");
        }
    }

    private bool IsHole(int slot) => slot != Sentinel && !_segments[slot].IsNode;

    private int NodeBefore(int slot) => IsHole(slot) ? _segments[slot].Prev : slot;

    private int NodeBehind(int slot) => IsHole(slot) ? _segments[slot].Next : slot;

    private void PushScanned(int slot)
    {
        if (_scannedCount == _scanned.Length)
        {
            Array.Resize(ref _scanned, Math.Max(FirstScanCapacity, _scannedCount * 2));
        }

        _scanned[_scannedCount++] = slot;
        _state = AllocatorState.Scanning;
    }
}
