using System;
using System.Collections.Generic;
using GpuMm.Ranges;

namespace GpuMm.TestKit.Ranges;

/// <summary>A real allocator with the numbers under which the <see cref="NaiveRangeModel"/> knows its nodes.</summary>
public sealed class RangeSubject
{
    private readonly Dictionary<int, RangeHandle> _handles = [];
    private readonly List<RangeHandle> _dead = [];
    private int _nextId;
    private ulong _guard;

    public RangeSubject(ulong start, ulong size, ulong guard)
    {
        Allocator = new RangeAllocator(start, size);
        Guard = guard;
    }

    public RangeAllocator Allocator { get; }

    public ulong Guard
    {
        get => _guard;
        set
        {
            _guard = value;
            Allocator.ColorAdjust = value == 0 ? null : Keep;
        }
    }

    public MmStatus TryInsert(in RangeRequest request) => Note(Allocator.TryInsert(in request, out RangeHandle h), h);

    public MmStatus TryInsertAt(ByteRange range, ulong color) =>
        Note(Allocator.TryInsertAt(range, color, out RangeHandle handle), handle);

    public void Remove(int id)
    {
        _handles.Remove(id, out RangeHandle handle);
        Allocator.Remove(handle);
        _dead.Add(handle);
    }

    public void Replace(int id)
    {
        _dead.Add(_handles[id]);
        _handles[id] = Allocator.Replace(_handles[id]);
    }

    public MmStatus TrySplit(int id, ulong headBytes) =>
        Note(Allocator.TrySplit(_handles[id], headBytes, out RangeHandle tail), tail);

    /// <summary>Scans as the model does, frees the victims, then the colour victims; returns what it did.</summary>
    public ModelScan ScanAndEvict(in RangeRequest request, IReadOnlyList<int> order)
    {
        if (Allocator.BeginScan(in request) != MmStatus.Ok)
        {
            return new ModelScan(0, false, []);
        }

        int added = 0;
        bool hit = false;
        while (added < order.Count && !hit)
        {
            hit = Allocator.AddBlock(_handles[order[added++]]);
            Check(Allocator.Validate() is null, Allocator.Validate());
        }

        List<int> victims = [];
        for (int i = added - 1; i >= 0; i--)
        {
            if (Allocator.RemoveBlock(_handles[order[i]]))
            {
                victims.Add(order[i]);
            }
        }

        victims.ForEach(Remove);
        if (hit)
        {
            for (RangeHandle next = Allocator.ColorEvict(); !next.IsNone; next = Allocator.ColorEvict())
            {
                Remove(IdOf(next));
            }
        }

        return new ModelScan(added, hit, victims);
    }

    /// <summary>Null when the allocator is in the state that the model describes, else the difference.</summary>
    public string? Differs(NaiveRangeModel model)
    {
        string? fault = Allocator.Validate();
        if (fault is not null)
        {
            return fault;
        }

        int count = 0;
        foreach (RangeNode node in Allocator.Nodes())
        {
            ModelNode expected = model.Nodes[count++];
            if (node.Handle != _handles[expected.Id] || node.Color != expected.Color ||
                node.Range.StartBytes != (ulong)expected.Start || node.Range.SizeBytes != (ulong)expected.Size ||
                Allocator.GetNode(node.Handle) != node)
            {
                return $"{node} instead of {expected}";
            }
        }

        int holes = 0;
        foreach (ByteRange hole in Allocator.Holes())
        {
            ModelHole expected = model.Holes[holes++];
            if (hole.StartBytes != (ulong)expected.Start || hole.SizeBytes != (ulong)expected.Size)
            {
                return $"{hole} instead of {expected}";
            }
        }

        return count != model.Nodes.Count || holes != model.Holes.Count ? "the numbers of nodes or holes differ"
            : count != Allocator.NodeCount || holes != Allocator.HoleCount ? "the allocator counts wrong"
            : _dead.Exists(Allocator.Contains) ? "a dead handle counts as live"
            : null;
    }

    private static void Check(bool holds, string? what)
    {
        if (!holds)
        {
            throw new InvalidOperationException(what);
        }
    }

    private ColorMargins Keep(in ColorHole hole, ulong color) => new(
        !hole.Before.IsNone && hole.BeforeColor != color ? _guard : 0,
        !hole.After.IsNone && hole.AfterColor != color ? _guard : 0);

    private int IdOf(RangeHandle handle)
    {
        foreach ((int id, RangeHandle known) in _handles)
        {
            if (known == handle)
            {
                return id;
            }
        }

        throw new InvalidOperationException($"{handle} is not known.");
    }

    private MmStatus Note(MmStatus status, RangeHandle handle)
    {
        Check(status == MmStatus.Ok == !handle.IsNone, "Status and handle disagree.");
        if (status == MmStatus.Ok)
        {
            _handles[_nextId++] = handle;
        }

        return status;
    }
}
