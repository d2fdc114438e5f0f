using System;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Primitives;

namespace GpuMm.Traces.Recording;

/// <summary>The state of a device in one number: where each object is, its bytes, the order of eviction, groups, what the device counted.</summary>
public static class DeviceState
{
    private static readonly MemoryDomain[] s_domains = [MemoryDomain.System, MemoryDomain.Gtt, MemoryDomain.Vram];

    /// <summary>Hashes a device at rest.</summary>
    /// <param name="device">The device; nobody uses it meanwhile.</param>
    /// <param name="withBytes">Whether the contents count; they must when both sides wrote the same.</param>
    /// <remarks>XXH3. Lock: none may be held. Cost: O(bytes in use), allocates.</remarks>
    public static ulong Hash(GpuDevice device, bool withBytes = true)
    {
        ArgumentNullException.ThrowIfNull(device);
        XxHash3 hash = new();
        byte[] page = new byte[(int)Pages.SizeBytes];
        foreach (BufferObject target in device.Snapshot())
        {
            Append(hash, target.Id, target.SizeBytes, (ulong)target.PinCount, (ulong)target.Priority, Flags(target));
            hash.Append(Encoding.UTF8.GetBytes(target.Name));
            AppendPlace(hash, target.Resource);
            if (withBytes)
            {
                AppendBytes(hash, device, target, page);
            }
        }

        AppendGroups(hash, device);
        AppendCounts(hash, device);
        return hash.GetCurrentHashAsUInt64();
    }

    private static ulong Flags(BufferObject target) =>
        (target.IsDeleted ? 1ul : 0) | (target.IsPurgeable ? 2ul : 0) | (target.IsPurged ? 4ul : 0) | (target.IsLost ? 8ul : 0) | (target.IsSwapped ? 16ul : 0) |
        (target.NeedsCpuAccess ? 32ul : 0) | ((ulong)(uint)target.HandleCount << 8);

    private static void AppendPlace(XxHash3 hash, Resource? resource)
    {
        if (resource is null)
        {
            Append(hash, ulong.MaxValue);
            return;
        }

        Append(hash, (ulong)resource.Domain, (ulong)resource.RangeCount);
        for (int i = 0; i < resource.RangeCount; i++)
        {
            Append(hash, resource.RangeAt(i).StartBytes, resource.RangeAt(i).SizeBytes);
        }
    }

    private static void AppendBytes(XxHash3 hash, GpuDevice device, BufferObject target, byte[] page)
    {
        for (ulong index = 0; index < Pages.Count(target.SizeBytes); index++)
        {
            FrameIndex frame = target.FrameAt(index, out ulong run);
            if (run == 0)
            {
                break; // No pages yet: all zero.
            }

            Array.Clear(page);
            device.Memory.Read(frame, 0, page);
            hash.Append(page);
        }
    }

    private static void AppendGroups(XxHash3 hash, GpuDevice device)
    {
        foreach (MemoryGroup group in device.SnapshotGroups())
        {
            Append(hash, (ulong)group.Id, (ulong)(group.Parent?.Id ?? 0));
            foreach (MemoryDomain domain in s_domains)
            {
                (MemoryLimits limits, MemoryUsage usage) = (group.LimitsOf(domain), group.UsageOf(domain));
                Append(hash, limits.MinBytes, limits.LowBytes, limits.MaxBytes, usage.CurrentBytes, usage.PeakBytes);
            }
        }
    }

    private static void AppendCounts(XxHash3 hash, GpuDevice device)
    {
        DeviceStatistics counts = device.Statistics;
        foreach (MemoryDomain from in s_domains)
        {
            Append(hash, device.Manager(from).UsedBytes);
            foreach (MemoryDomain to in s_domains)
            {
                Append(hash, (ulong)counts.Moves(from, to), (ulong)counts.MoveBytes(from, to));
            }
        }

        Append(hash, (ulong)counts.Evictions, (ulong)counts.EvictedBytes, (ulong)counts.Faults, (ulong)counts.FaultRetries);
        Append(hash, (ulong)counts.InsertedPtes, (ulong)counts.ZappedPtes, device.SystemPagesUsedBytes, device.SystemPagesPeakBytes, device.PooledBytes);
        Append(hash, (ulong)counts.SwappedOutBytes, (ulong)counts.SwappedInBytes, (ulong)counts.VisibilityFaults, (ulong)(device.Options.Swap?.PageCount ?? 0));
        Append(hash, device.IoWindowUsedBytes, (ulong)device.IoWindowEvictions, (ulong)(device.Gart?.BoundPages ?? 0), (ulong)(device.Gart?.UnboundPages ?? 0));
        Append(hash, device.IsSuspended ? 1ul : 0, device.IsUnplugged ? 1ul : 0);
        foreach (MemoryDomain domain in s_domains)
        {
            for (int list = 0; list <= ResourceManager.PriorityCount; list++)
            {
                foreach (Resource resource in device.Manager(domain).OrderOf(list))
                {
                    Append(hash, (ulong)domain, (ulong)list, resource.Owner?.Id ?? 0);
                }
            }
        }
    }

    private static void Append(XxHash3 hash, params ReadOnlySpan<ulong> words) => hash.Append(MemoryMarshal.AsBytes(words));
}
