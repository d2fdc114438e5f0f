using System;
using System.Collections.Generic;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <summary>The tree of a device's groups: who is charged, who is protected from whom.</summary>
/// <remarks>
/// Protection is that of the kernel's page_counter with recursive protection: a group's share of what its parent protects
/// is what it asked for, or in proportion when the children ask for more together; what is left over goes to those that use
/// more than they asked for.
/// </remarks>
internal sealed class MemoryGroups
{
    private readonly RankedLock _lock = new(LockRank.Groups);
    private readonly GpuDevice _device;
    private readonly Stack<ushort> _free = new(); // Lock: _lock
    private MemoryGroup?[] _groups = new MemoryGroup?[4]; // Lock: _lock to change
    private int _count; // Lock: _lock
    private int _unsettledCount; // Lock: _lock; charges whose space is not taken, or not given back, yet
    private ulong _changes; // Lock: _lock

    public MemoryGroups(GpuDevice device)
    {
        _device = device;
        Root = new MemoryGroup(device, "/", null, 0);
        _groups[0] = Root;
        _count = 1;
    }

    public MemoryGroup Root { get; }

    /// <summary>Grows with each charge; 0 while one is not settled.</summary>
    public ulong Changes
    {
        get
        {
            using RankedLock.Scope scope = _lock.Enter();
            return _unsettledCount == 0 ? _changes + 1 : 0;
        }
    }

    public MemoryGroup At(ushort index) => _groups[index] ?? throw new InvalidOperationException("The group was removed.");

    public IReadOnlyList<MemoryGroup> Snapshot()
    {
        using RankedLock.Scope scope = _lock.Enter();
        List<MemoryGroup> groups = [];
        foreach (MemoryGroup? group in _groups)
        {
            if (group is not null)
            {
                groups.Add(group);
            }
        }

        return groups;
    }

    public MemoryGroup Create(MemoryGroup parent, string name)
    {
        using RankedLock.Scope scope = _lock.Enter();
        if (parent.IsRemoved || (_free.Count == 0 && _count > ushort.MaxValue))
        {
            throw new InvalidOperationException(
                parent.IsRemoved ? $"The group '{parent.Name}' was removed." : "A device has at most 65,535 groups beside the root.");
        }

        ushort index = _free.TryPop(out ushort reused) ? reused : (ushort)_count++;
        if (index >= _groups.Length)
        {
            Array.Resize(ref _groups, _groups.Length * 2);
        }

        MemoryGroup made = new(_device, name, parent, index);
        _groups[index] = made;
        parent.ChildCount++;
        return made;
    }

    /// <summary>An object is made for a group, which stays as long as it lives; false when the group was removed.</summary>
    public bool TryJoin(MemoryGroup group)
    {
        using RankedLock.Scope scope = _lock.Enter();
        group.ObjectCount += group.IsRemoved || group.Parent is null ? 0 : 1;
        return !group.IsRemoved;
    }

    /// <summary>An object of a group ceases to exist.</summary>
    public void Quit(ushort index)
    {
        if (index == 0)
        {
            return;
        }

        using RankedLock.Scope scope = _lock.Enter();
        At(index).ObjectCount--;
    }

    public bool TryRemove(MemoryGroup group)
    {
        using RankedLock.Scope scope = _lock.Enter();
        if (group.Parent is null || group.ChildCount > 0 || group.ObjectCount > 0 || group.IsRemoved)
        {
            return false;
        }

        group.IsRemoved = true;
        group.Parent.ChildCount--;
        for (int i = 0; i < GpuDevice.MaxDomains; i++)
        {
            SetLocked(group, i, new MemoryLimits());
        }

        _groups[group.Index] = null;
        _free.Push(group.Index);
        return true;
    }

    public MmStatus TrySet(MemoryGroup group, MemoryDomain domain, MemoryLimits limits)
    {
        using RankedLock.Scope scope = _lock.Enter();
        if (group.Parent is null || group.IsRemoved)
        {
            return MmStatus.InvalidArgument;
        }

        if (group.Pools[(int)domain].UsedBytes > limits.MaxBytes)
        {
            return MmStatus.Busy;
        }

        SetLocked(group, (int)domain, limits);
        group.Pools[(int)domain].HasLimits = true;
        return MmStatus.Ok;
    }

    public MemoryLimits LimitsOf(MemoryGroup group, MemoryDomain domain)
    {
        using RankedLock.Scope scope = _lock.Enter();
        ref GroupPool pool = ref group.Pools[(int)domain];
        return new MemoryLimits(pool.MinBytes, pool.LowBytes, pool.MaxBytes);
    }

    public MemoryUsage UsageOf(MemoryGroup group, MemoryDomain domain)
    {
        using RankedLock.Scope scope = _lock.Enter();
        (ulong min, ulong low) = Protection(Root, group, (int)domain);
        ref GroupPool pool = ref group.Pools[(int)domain];
        return new MemoryUsage(pool.UsedBytes, pool.PeakBytes, min, low);
    }

    public void ResetPeak(MemoryGroup group, MemoryDomain domain)
    {
        using RankedLock.Scope scope = _lock.Enter();
        group.Pools[(int)domain].PeakBytes = group.Pools[(int)domain].UsedBytes;
    }

    /// <summary>Charges a group and its ancestors; the first that would exceed its maximum is named, and nothing is charged.</summary>
    public bool TryCharge(ushort index, MemoryDomain domain, ulong sizeBytes, out MemoryGroup? limiting)
    {
        using RankedLock.Scope scope = _lock.Enter();
        MemoryGroup group = At(index);
        for (MemoryGroup? next = group; next is not null; next = next.Parent)
        {
            ref GroupPool pool = ref next.Pools[(int)domain];
            if (sizeBytes > pool.MaxBytes || pool.UsedBytes > pool.MaxBytes - sizeBytes)
            {
                limiting = next;
                return false;
            }
        }

        limiting = null;
        group.ObjectCount++;
        _unsettledCount++;
        Add(group, (int)domain, sizeBytes);
        return true;
    }

    /// <summary>A charge will be taken back.</summary>
    public void Begin()
    {
        using RankedLock.Scope scope = _lock.Enter();
        _unsettledCount++;
    }

    /// <summary>What was charged, or is to be taken back, is settled.</summary>
    public void Settle(ushort index, MemoryDomain domain, ulong sizeBytes, bool isKept)
    {
        using RankedLock.Scope scope = _lock.Enter();
        _unsettledCount--;
        if (!isKept)
        {
            MemoryGroup group = At(index);
            group.ObjectCount--;
            Add(group, (int)domain, unchecked(0 - sizeBytes));
        }
    }

    /// <summary>Whether an object of a group may be evicted, as far as limits are concerned.</summary>
    /// <param name="limiting">The group whose maximum is reached; null when the domain itself is full.</param>
    /// <param name="rival">
    /// The group that wants the room, when protection counts from what both have in common; null when it counts from the root.
    /// </param>
    /// <param name="victim">The victim's group.</param>
    /// <param name="domain">The domain.</param>
    /// <param name="ignoresLow">Whether the low mark counts no more.</param>
    /// <param name="hitsLow">Set when only the low mark forbids it.</param>
    public bool IsEvictable(
        MemoryGroup? limiting, ushort? rival, ushort victim, MemoryDomain domain, bool ignoresLow, ref bool hitsLow)
    {
        using RankedLock.Scope scope = _lock.Enter();
        MemoryGroup group = At(victim);
        if (ReferenceEquals(limiting, group))
        {
            return true;
        }

        if (limiting is { Parent: not null } && !IsInside(group, limiting))
        {
            return false;
        }

        // The root's own objects are protected by nothing.
        if (group.Parent is null)
        {
            return true;
        }

        MemoryGroup seenFrom = limiting ?? (rival is { } index ? CommonAncestor(At(index), group) : Root);
        (ulong min, ulong low) = Protection(seenFrom, group, (int)domain);
        ulong used = group.Pools[(int)domain].UsedBytes;
        if (used <= min)
        {
            return false;
        }

        if (ignoresLow || used > low)
        {
            return true;
        }

        hitsLow = true;
        return false;
    }

    /// <summary>Whether a group's next bytes would still lie below its own low mark or minimum.</summary>
    public bool IsEntitled(ushort index, MemoryDomain domain, ulong sizeBytes)
    {
        using RankedLock.Scope scope = _lock.Enter();
        MemoryGroup group = At(index);
        ref GroupPool pool = ref group.Pools[(int)domain];
        return group.Parent is not null && pool.UsedBytes + sizeBytes <= Math.Max(pool.MinBytes, pool.LowBytes);
    }

    public static bool IsInside(MemoryGroup group, MemoryGroup ancestor)
    {
        MemoryGroup? next = group;
        while (next is not null && next.Depth > ancestor.Depth)
        {
            next = next.Parent;
        }

        return ReferenceEquals(next, ancestor);
    }

    private static MemoryGroup CommonAncestor(MemoryGroup group, MemoryGroup other)
    {
        MemoryGroup next = group;
        while (!IsInside(other, next))
        {
            next = next.Parent!; // Everybody is inside the root.
        }

        return next;
    }

    // Effective minimum and low mark of a group, seen from an ancestor. Lock: _lock.
    private static (ulong Min, ulong Low) Protection(MemoryGroup from, MemoryGroup group, int domain)
    {
        if (ReferenceEquals(from, group) || group.Parent is not { } parent)
        {
            return (0, 0);
        }

        ref GroupPool pool = ref group.Pools[domain];
        if (ReferenceEquals(parent, from))
        {
            return (pool.MinBytes, pool.LowBytes);
        }

        (ulong parentMin, ulong parentLow) = Protection(from, parent, domain);
        ref GroupPool above = ref parent.Pools[domain];
        return (
            Share(pool.UsedBytes, above.UsedBytes, pool.MinBytes, parentMin, above.ChildrenMinBytes),
            Share(pool.UsedBytes, above.UsedBytes, pool.LowBytes, parentLow, above.ChildrenLowBytes));
    }

    private static ulong Share(ulong used, ulong parentUsed, ulong setting, ulong parentShare, ulong siblings)
    {
        ulong claimed = Math.Min(used, setting);
        if (siblings > parentShare)
        {
            // Together the children claim more than the parent has: each gets its part.
            return (ulong)((UInt128)claimed * parentShare / siblings);
        }

        bool isLeftOver = parentShare > siblings && parentUsed > siblings && used > claimed;
        return isLeftOver
            ? claimed + (ulong)((UInt128)(parentShare - siblings) * (used - claimed) / (parentUsed - siblings))
            : claimed;
    }

    private void Add(MemoryGroup group, int domain, ulong change)
    {
        _changes++;
        for (MemoryGroup? next = group; next is not null; next = next.Parent)
        {
            ref GroupPool pool = ref next.Pools[domain];
            (ulong min, ulong low) = (pool.ProtectedMinBytes, pool.ProtectedLowBytes);
            pool.UsedBytes = unchecked(pool.UsedBytes + change);
            pool.PeakBytes = Math.Max(pool.PeakBytes, pool.UsedBytes);
            TellParent(next, domain, min, low);
        }
    }

    private static void SetLocked(MemoryGroup group, int domain, MemoryLimits limits)
    {
        ref GroupPool pool = ref group.Pools[domain];
        (ulong min, ulong low) = (pool.ProtectedMinBytes, pool.ProtectedLowBytes);
        pool.Limits = limits;
        pool.HasLimits = true;
        TellParent(group, domain, min, low);
    }

    private static void TellParent(MemoryGroup group, int domain, ulong oldMin, ulong oldLow)
    {
        if (group.Parent is { } parent)
        {
            ref GroupPool pool = ref group.Pools[domain];
            ref GroupPool above = ref parent.Pools[domain];
            above.ChildrenMinBytes = unchecked(above.ChildrenMinBytes + pool.ProtectedMinBytes - oldMin);
            above.ChildrenLowBytes = unchecked(above.ChildrenLowBytes + pool.ProtectedLowBytes - oldLow);
        }
    }
}
