using System.Collections.Generic;
using GpuMm.Diagnostics;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <content>Limits of groups of objects.</content>
public sealed partial class GpuDevice
{
    private readonly RankedLock _limitsLock = new(LockRank.GroupLimits);

    /// <summary>The group of everything that belongs to no other; has no limits.</summary>
    public MemoryGroup RootGroup => Groups.Root;

    internal MemoryGroups Groups { get; }

    /// <summary>Every group, the root first. Cost: O(groups), allocates.</summary>
    public IReadOnlyList<MemoryGroup> SnapshotGroups() => Groups.Snapshot();

    internal MmStatus SetLimits(MemoryGroup group, MemoryDomain domain, MemoryLimits limits)
    {
        // Whoever sets later is told later: the last event says what holds.
        using RankedLock.Scope scope = _limitsLock.Enter();
        MemoryLimits before = Groups.LimitsOf(group, domain);
        MmStatus status = Groups.TrySet(group, domain, limits);
        if (status == MmStatus.Ok && IsObserved)
        {
            RaiseLimit(group, domain, 0, before.MinBytes, limits.MinBytes);
            RaiseLimit(group, domain, 1, before.LowBytes, limits.LowBytes);
            RaiseLimit(group, domain, 2, before.MaxBytes, limits.MaxBytes);
        }

        return status;
    }

    internal MemoryGroup CreateGroup(MemoryGroup parent, string name)
    {
        using RankedLock.Scope scope = _limitsLock.Enter();
        MemoryGroup made = Groups.Create(parent, name);
        if (IsObserved)
        {
            Raise(new DeviceEvent { Kind = DeviceEventKind.GroupCreated, RelatedId = made.Index, Detail = parent.Index, Name = name });
        }

        return made;
    }

    internal bool TryRemoveGroup(MemoryGroup group)
    {
        using RankedLock.Scope scope = _limitsLock.Enter();
        bool isRemoved = Groups.TryRemove(group);
        if (isRemoved && IsObserved)
        {
            Raise(new DeviceEvent { Kind = DeviceEventKind.GroupRemoved, RelatedId = group.Index });
        }

        return isRemoved;
    }

    internal void ResetGroupPeak(MemoryGroup group, MemoryDomain domain)
    {
        Groups.ResetPeak(group, domain);
        if (IsObserved)
        {
            Raise(new DeviceEvent { Kind = DeviceEventKind.PeakReset, RelatedId = group.Index, To = domain });
        }
    }

    private void RaiseLimit(MemoryGroup group, MemoryDomain domain, int which, ulong before, ulong after)
    {
        if (before != after)
        {
            Raise(new DeviceEvent
            {
                Kind = DeviceEventKind.LimitChanged,
                To = domain,
                RelatedId = group.Index,
                Count = which,
                SizeBytes = after,
                Name = group.Name,
            });
        }
    }

    // Charges the group, then takes the space; what cannot be had is not charged. The group whose maximum forbids it is named.
    private MmStatus TakeSpace(
        ResourceManager manager, BufferObject owner, in Place place, bool noWaitGpu, out Resource? resource, out MemoryGroup? limiting)
    {
        limiting = null;
        bool isCharged = owner.GroupIndex != 0;
        if (isCharged && (IsFaulted(FaultPoint.Charge) || !Groups.TryCharge(owner.GroupIndex, manager.Domain, owner.SizeBytes, out limiting)))
        {
            resource = null;
            return MmStatus.NoSpace;
        }

        MmStatus status = manager.TryAllocate(owner, place, noWaitGpu, out resource);
        if (isCharged)
        {
            Groups.Settle(owner.GroupIndex, manager.Domain, owner.SizeBytes, isKept: status == MmStatus.Ok);
        }

        if (status != MmStatus.Ok)
        {
            return status;
        }

        if (IsObserved)
        {
            RaiseSpace(DeviceEventKind.SpaceTaken, resource!, owner, from: null, to: manager.Domain);
        }

        return status;
    }

    // Told before it is done: whoever takes the space next is told afterwards.
    private void ReturnSpace(Resource resource, BufferObject? owner)
    {
        if (IsObserved)
        {
            RaiseSpace(DeviceEventKind.SpaceReturned, resource, owner, from: resource.Domain, to: null);
        }

        (ushort group, ulong sizeBytes) = (resource.GroupIndex, resource.SizeBytes);
        IoWindow?.Forget(resource);
        if (group != 0)
        {
            Groups.Begin();
        }

        resource.Manager.Release(resource);
        if (group != 0)
        {
            Groups.Settle(group, resource.Domain, sizeBytes, isKept: false);
        }
    }

    // Only in a moment in which nobody charges.
    private void ValidateGroups(List<string> problems, ulong changes)
    {
        Dictionary<(int Group, int Domain), ulong> held = [];
        foreach (ResourceManager? manager in _managers)
        {
            manager?.AddCharged(held);
        }

        foreach (MemoryGroup group in Groups.Snapshot())
        {
            for (int domain = 0; domain < MaxDomains && group.Parent is not null; domain++)
            {
                ulong sum = 0;
                foreach (((int index, int place), ulong bytes) in held)
                {
                    sum += place == domain && MemoryGroups.IsInside(Groups.At((ushort)index), group) ? bytes : 0;
                }

                ulong used = group.UsageOf((MemoryDomain)domain).CurrentBytes;
                if (used != sum && Groups.Changes == changes)
                {
                    problems.Add($"Group '{group.Name}' is charged {used} bytes of {(MemoryDomain)domain}, its objects hold {sum}.");
                }
            }
        }
    }
}
