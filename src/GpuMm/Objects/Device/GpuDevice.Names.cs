using System.Collections.Generic;
using System.Globalization;
using System.Text;
using GpuMm.Diagnostics;

namespace GpuMm.Objects;

/// <content>Published names, and the dump that a driver developer reads.</content>
public sealed partial class GpuDevice
{
    private readonly Dictionary<uint, BufferObject> _published = []; // Lock: _registryLock
    private uint _lastName; // Lock: _registryLock

    /// <summary>Gives an object a number by which any client of the device can open it; the same one each time.</summary>
    /// <param name="target">An object that a client has a handle to; the name goes with the last handle.</param>
    public uint Publish(BufferObject target)
    {
        System.ArgumentNullException.ThrowIfNull(target);
        bool isNew;
        uint name;
        using (_registryLock.Enter())
        {
            isNew = target.PublishedName == 0;
            if (isNew)
            {
                target.PublishedName = ++_lastName;
                _published.Add(_lastName, target);
            }

            name = target.PublishedName;
        }

        if (isNew && IsObserved)
        {
            Raise(new DeviceEvent { Kind = DeviceEventKind.Named, RelatedId = name, Name = target.Name }, target);
        }

        return name;
    }

    /// <summary>Opens a published object for a client.</summary>
    /// <param name="name">What <see cref="Publish"/> answered.</param>
    /// <param name="client">The client.</param>
    /// <param name="handle">Its handle; 0 when there is no such name.</param>
    public bool TryOpenPublished(uint name, GpuClient client, out uint handle)
    {
        System.ArgumentNullException.ThrowIfNull(client);
        handle = 0;
        BufferObject? target;
        using (_registryLock.Enter())
        {
            if (!_published.TryGetValue(name, out target))
            {
                return false;
            }

            target.AddReference();
        }

        handle = client.Open(target);
        target.Release();
        return true;
    }

    /// <summary>All managers at a glance: sizes, holes, the order of eviction, what cannot go and why, what waits; groups and their limits.</summary>
    /// <param name="linesPerList">Objects named of each list; of the others the number and the bytes are told.</param>
    /// <remarks>Lock: none may be held. A snapshot manager by manager. Cost: O(objects), allocates.</remarks>
    public string Dump(int linesPerList = 1000)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"policy {Policy.Name}{(IsSuspended ? ", suspended" : "")}{(IsUnplugged ? ", unplugged" : "")}\n");
        foreach (ResourceManager? manager in _managers)
        {
            manager?.DumpInto(text, linesPerList);
        }

        text.Append(CultureInfo.InvariantCulture, $"system pages: used {SystemPagesUsedBytes >> 10} KiB, peak {SystemPagesPeakBytes >> 10} KiB, ");
        text.Append(Options.PageLimitThatHoldsBytes is { } limit ? string.Create(CultureInfo.InvariantCulture, $"limit {limit >> 10} KiB, ") : "");
        text.Append(CultureInfo.InvariantCulture, $"pooled {PooledBytes >> 10} KiB, swapped {Options.Swap?.PageCount * 4 ?? 0} KiB\n");
        if (IoWindow is { } window)
        {
            text.Append(CultureInfo.InvariantCulture, $"bus window: size {window.SizeBytes >> 10} KiB, used {window.UsedBytes >> 10} KiB, put out {window.Evictions}\n");
        }

        DumpGroups(text);
        text.Append(CultureInfo.InvariantCulture, $"objects: {ObjectCount}, evictions {Statistics.Evictions}, evicted {Statistics.EvictedBytes >> 10} KiB\n");
        return text.ToString();
    }

    // As the files of the dmem cgroup show them: the root has no limits, and is not charged.
    private void DumpGroups(StringBuilder text)
    {
        foreach (MemoryGroup group in Groups.Snapshot())
        {
            for (int domain = 0; domain < MaxDomains && group.Parent is not null; domain++)
            {
                MemoryUsage usage = group.UsageOf((MemoryDomain)domain);
                MemoryLimits limits = group.LimitsOf((MemoryDomain)domain);
                if (usage.PeakBytes == 0 && limits == new MemoryLimits())
                {
                    continue;
                }

                string max = limits.MaxBytes == ulong.MaxValue ? "max" : string.Create(CultureInfo.InvariantCulture, $"{limits.MaxBytes >> 10} KiB");
                text.Append(CultureInfo.InvariantCulture, $"group {group.Name} in {(MemoryDomain)domain}: current {usage.CurrentBytes >> 10} KiB, peak {usage.PeakBytes >> 10} KiB, ");
                text.Append(CultureInfo.InvariantCulture, $"min {limits.MinBytes >> 10} KiB, low {limits.LowBytes >> 10} KiB, max {max}\n");
            }
        }
    }

    internal void Unpublish(BufferObject target)
    {
        bool wasPublished;
        using (_registryLock.Enter())
        {
            wasPublished = _published.Remove(target.PublishedName);
            target.PublishedName = 0;
        }

        if (wasPublished && IsObserved)
        {
            Raise(new DeviceEvent { Kind = DeviceEventKind.Named, Name = target.Name }, target);
        }
    }
}
