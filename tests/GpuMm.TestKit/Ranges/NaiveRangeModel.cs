using System;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Ranges;

namespace GpuMm.TestKit.Ranges;

/// <summary>
/// The contract of the range allocator as two sorted lists. Every number is 128 bits wide and every search is a LINQ
/// expression: slow, and obviously right.
/// </summary>
/// <param name="start">Lowest address.</param>
/// <param name="size">Size of the range.</param>
/// <param name="guard">Bytes that stay free between neighbours of different colour; 0 for no rule.</param>
public sealed class NaiveRangeModel(ulong start, ulong size, ulong guard)
{
    private static readonly UInt128 s_top = UInt128.One << 64;

    private readonly UInt128 _start = start;
    private readonly UInt128 _end = (UInt128)start + size;
    private readonly List<ModelNode> _nodes = [];
    private List<ModelHole> _holes = [new(start, (UInt128)start + size, 0)];
    private int _nextId;
    private int _stamp;
    private UInt128 _hit;

    public ulong Guard { get; set; } = guard;

    public IReadOnlyList<ModelNode> Nodes => _nodes;

    public IReadOnlyList<ModelHole> Holes => _holes;

    public MmStatus TryInsert(in RangeRequest request, out ModelNode? node)
    {
        node = null;
        RangeRequest wanted = request;
        RangeMode mode = request.Mode & ~RangeMode.Once;
        UInt128 low = request.StartBytes;
        UInt128 high = request.EndBytes == 0 ? s_top : request.EndBytes;
        if (request.SizeBytes == 0 || low > high || mode > RangeMode.Evict)
        {
            return MmStatus.InvalidArgument;
        }

        IEnumerable<ModelHole> large = _holes.Where(hole => hole.Size >= wanted.SizeBytes);
        IEnumerable<ModelHole> inWindow = large.Where(hole => hole.Start < high && hole.End > low);
        IEnumerable<ModelHole> candidates = mode switch
        {
            RangeMode.Low => inWindow.OrderBy(hole => hole.Start),
            RangeMode.High => inWindow.OrderByDescending(hole => hole.Start),
            RangeMode.Evict => _holes.OrderByDescending(hole => hole.Stamp),
            _ => large.OrderBy(hole => hole.Size).ThenBy(hole => hole.Start),
        };
        if ((request.Mode & RangeMode.Once) == RangeMode.Once)
        {
            candidates = candidates.Take(1);
        }

        foreach (ModelHole hole in candidates)
        {
            if (Fit(hole.Start, hole.End, in request) is UInt128 place)
            {
                node = Place(place, request.SizeBytes, request.Color);
                return MmStatus.Ok;
            }
        }

        return MmStatus.NoSpace;
    }

    public MmStatus TryInsertAt(ByteRange range, ulong color, out ModelNode? node)
    {
        node = null;
        UInt128 first = range.StartBytes;
        UInt128 end = first + range.SizeBytes;
        if (range.SizeBytes == 0 || first < _start || end > _end)
        {
            return MmStatus.InvalidArgument;
        }

        if (_nodes.Any(other => other.Start < end && other.End > first))
        {
            return MmStatus.Overlap;
        }

        ModelHole hole = _holes.Single(candidate => candidate.Start <= first && candidate.End >= end);
        (UInt128 low, UInt128 high) = Clip(hole.Start, hole.End, color, _nodes);
        if (first < low || end > high)
        {
            return MmStatus.NoSpace;
        }

        node = Place(first, range.SizeBytes, color);
        return MmStatus.Ok;
    }

    public void Remove(int id)
    {
        ModelNode node = _nodes.Single(other => other.Id == id);
        _nodes.Remove(node);
        IEnumerable<ModelHole> beside = _holes.Where(hole => hole.End == node.Start || hole.Start == node.End);
        UInt128 low = beside.Select(hole => hole.Start).Append(node.Start).Min();
        UInt128 high = beside.Select(hole => hole.End).Append(node.End).Max();
        _holes = [.. _holes.Except(beside), new ModelHole(low, high, ++_stamp)];
        _holes.Sort((a, b) => a.Start.CompareTo(b.Start));
    }

    /// <summary>Two nodes in the place of one.</summary>
    public MmStatus TrySplit(int id, ulong headBytes)
    {
        ModelNode node = _nodes.Single(other => other.Id == id);
        if (headBytes == 0 || headBytes >= node.Size)
        {
            return MmStatus.InvalidArgument;
        }

        _nodes.Remove(node);
        _nodes.Add(node with { Size = headBytes });
        _nodes.Add(new ModelNode(_nextId++, node.Start + headBytes, node.Size - headBytes, node.Color));
        _nodes.Sort((a, b) => a.Start.CompareTo(b.Start));
        return MmStatus.Ok;
    }

    /// <summary>Adds nodes in the given order until the request fits, and names the victims.</summary>
    public ModelScan Scan(in RangeRequest request, IReadOnlyList<int> order)
    {
        HashSet<int> gone = [];
        for (int i = 0; i < order.Count; i++)
        {
            gone.Add(order[i]);
            List<ModelNode> left = [.. _nodes.Where(node => !gone.Contains(node.Id))];
            ModelNode added = _nodes.Single(node => node.Id == order[i]);
            UInt128 low = left.Where(node => node.End <= added.Start).Select(node => node.End).Append(_start).Max();
            UInt128 high = left.Where(node => node.Start >= added.End).Select(node => node.Start).Append(_end).Min();
            if (Fit(low, high, in request, left) is UInt128 hit)
            {
                UInt128 hitEnd = hit + request.SizeBytes;
                _hit = hit;
                IEnumerable<int> victims = order.Take(i + 1).Reverse().Where(
                    id => _nodes.Single(node => node.Id == id) is ModelNode node &&
                        node.Start < hitEnd && node.End > hit);
                return new ModelScan(i + 1, true, [.. victims]);
            }
        }

        return new ModelScan(order.Count, false, []);
    }

    /// <summary>True when a scan for the request may begin: it could fit if every node were gone.</summary>
    public bool MayScan(in RangeRequest request)
    {
        UInt128 low = UInt128.Max(_start, request.StartBytes);
        UInt128 high = request.EndBytes == 0 ? _end : UInt128.Min(_end, request.EndBytes);
        bool ordered = request.EndBytes == 0 || request.StartBytes <= request.EndBytes;
        return request.SizeBytes != 0 && ordered && low < high && high - low >= request.SizeBytes;
    }

    /// <summary>After the victims of the last scan are gone: the next node whose colour is in the way.</summary>
    public ModelNode? ColorVictim(in RangeRequest request)
    {
        UInt128 end = _hit + request.SizeBytes;
        ModelHole hole = _holes.Single(other => other.Start <= _hit && other.End >= end);
        ModelNode? before = _nodes.Find(node => node.End == hole.Start);
        ModelNode? after = _nodes.Find(node => node.Start == hole.End);
        return before is not null && before.Color != request.Color && hole.Start + Guard > _hit ? before
            : after is not null && after.Color != request.Color && hole.End < end + Guard ? after
            : null;
    }

    private UInt128? Fit(UInt128 start, UInt128 end, in RangeRequest request, List<ModelNode>? nodes = null)
    {
        (UInt128 low, UInt128 high) = Clip(start, end, request.Color, nodes ?? _nodes);
        low = UInt128.Max(low, request.StartBytes);
        high = UInt128.Min(high, request.EndBytes == 0 ? s_top : request.EndBytes);
        if (high <= low || high - low < request.SizeBytes)
        {
            return null;
        }

        UInt128 alignment = Math.Max(request.AlignmentBytes, 1);
        bool atEnd = (request.Mode & ~RangeMode.Once) == RangeMode.High;
        UInt128 place = atEnd
            ? (high - request.SizeBytes) / alignment * alignment
            : (low + alignment - 1) / alignment * alignment;
        return place >= low && place + request.SizeBytes <= high ? place : null;
    }

    private (UInt128 Low, UInt128 High) Clip(UInt128 start, UInt128 end, ulong color, List<ModelNode> nodes)
    {
        bool before = nodes.Any(node => node.End == start && node.Color != color);
        bool after = nodes.Any(node => node.Start == end && node.Color != color);
        UInt128 margins = (before ? Guard : 0) + (UInt128)(after ? Guard : 0);
        return margins > end - start ? (start, start) : (start + (before ? Guard : 0), end - (after ? Guard : 0));
    }

    private ModelNode Place(UInt128 place, ulong bytes, ulong color)
    {
        ModelNode node = new(_nextId++, place, bytes, color);
        ModelHole hole = _holes.Single(other => other.Start <= place && other.End >= node.End);
        _holes.Remove(hole);
        if (hole.Start < place)
        {
            _holes.Add(new ModelHole(hole.Start, place, ++_stamp));
        }

        if (hole.End > node.End)
        {
            _holes.Add(new ModelHole(node.End, hole.End, ++_stamp));
        }

        _holes.Sort((a, b) => a.Start.CompareTo(b.Start));
        _nodes.Add(node);
        _nodes.Sort((a, b) => a.Start.CompareTo(b.Start));
        return node;
    }
}
