using System;

namespace GpuMm.Objects;

/// <summary>
/// Objects that share limits: a client, a container, a desktop session. Groups form a tree; what a group holds counts for
/// its ancestors too.
/// </summary>
/// <remarks>Lock: the tree's own, below reservations and above the managers. Source: the dmem cgroup of Linux 6.14.</remarks>
public sealed class MemoryGroup
{
    internal readonly GroupPool[] Pools = new GroupPool[GpuDevice.MaxDomains]; // Lock: the tree's

    internal MemoryGroup(GpuDevice device, string name, MemoryGroup? parent, ushort index)
    {
        Device = device;
        Name = name;
        Parent = parent;
        Index = index;
        Depth = parent is null ? 0 : parent.Depth + 1;
    }

    /// <summary>The device.</summary>
    public GpuDevice Device { get; }

    /// <summary>Shown in dumps.</summary>
    public string Name { get; }

    /// <summary>The group that it is part of; null for the root.</summary>
    public MemoryGroup? Parent { get; }

    /// <summary>Its number on the device; 0 is the root.</summary>
    public int Id => Index;

    internal ushort Index { get; }

    internal int Depth { get; }

    internal int ChildCount { get; set; } // Lock: the tree's

    internal int ObjectCount { get; set; } // Lock: the tree's; objects made for it, and resources charged to it

    internal bool IsRemoved { get; set; } // Lock: the tree's

    /// <summary>Makes a group inside this one.</summary>
    /// <param name="name">Shown in dumps.</param>
    /// <exception cref="InvalidOperationException">The device has 65,535 groups, or this one was removed.</exception>
    public MemoryGroup CreateChild(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Device.CreateGroup(this, name);
    }

    /// <summary>Sets the limits of one domain.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="limits">All three.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.Busy"/> when the group already uses more than the new maximum, and
    /// <see cref="MmStatus.InvalidArgument"/> for the root, which has no limits: nothing is changed then.
    /// </returns>
    public MmStatus SetLimits(MemoryDomain domain, MemoryLimits limits)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((int)domain, GpuDevice.MaxDomains, nameof(domain));
        return Device.SetLimits(this, domain, limits);
    }

    /// <summary>The limits of one domain.</summary>
    /// <param name="domain">The domain.</param>
    public MemoryLimits LimitsOf(MemoryDomain domain) => Device.Groups.LimitsOf(this, domain);

    /// <summary>What the group, with all groups inside it, uses in one domain.</summary>
    /// <param name="domain">The domain.</param>
    public MemoryUsage UsageOf(MemoryDomain domain) => Device.Groups.UsageOf(this, domain);

    /// <summary>Starts the peak of one domain again from what is used now.</summary>
    /// <param name="domain">The domain.</param>
    public void ResetPeak(MemoryDomain domain) => Device.ResetGroupPeak(this, domain);

    /// <summary>Removes the group.</summary>
    /// <returns>False while objects were made for it or are charged to it, or groups are inside it; the root stays.</returns>
    public bool TryRemove() => Device.TryRemoveGroup(this);
}
