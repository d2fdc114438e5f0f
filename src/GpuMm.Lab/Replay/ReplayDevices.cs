using System;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Lab.Replay;

/// <summary>Devices for replays.</summary>
internal static class ReplayDevices
{
    public static GpuDeviceOptions OptionsOf(FullReplayOptions options) => new()
    {
        VramBytes = options.VramBytes,
        VisibleVramBytes = options.Allocator == SpaceAllocatorKind.Bins ? options.VramBytes : Math.Min(options.VramBytes, WholePages(options.Machine.BarBytes)),
        ApertureBytes = options.ApertureBytes,
        SystemBytes = options.SystemBytes,
        VramAllocator = options.Allocator,
        ApertureAllocator = options.ApertureAllocator ?? SpaceAllocatorKind.Range,
        ScattersAperture = options.ApertureAllocator is null && options.Backing == BackingKind.None,
        ScattersSystem = options.Backing == BackingKind.None,
        Backing = options.Backing,
        EvictionPolicy = options.Policy,
        IsSingleThreaded = true,
    };

    /// <summary>The largest gap between what objects hold in video memory.</summary>
    public static ulong LargestHole(GpuDevice device)
    {
        System.Collections.Generic.List<ByteRange> taken = [];
        foreach (BufferObject target in device.Snapshot())
        {
            if (target.Resource is { Domain: MemoryDomain.Vram } resource)
            {
                for (int i = 0; i < resource.RangeCount; i++)
                {
                    taken.Add(resource.RangeAt(i));
                }
            }
        }

        taken.Sort(static (a, b) => a.StartBytes.CompareTo(b.StartBytes));
        ulong end = 0;
        ulong largest = 0;
        foreach (ByteRange range in taken)
        {
            largest = Math.Max(largest, range.StartBytes > end ? range.StartBytes - end : 0);
            end = Math.Max(end, range.EndBytes);
        }

        ulong size = device.Manager(MemoryDomain.Vram).SizeBytes;
        return Math.Max(largest, size > end ? size - end : 0);
    }

    private static ulong WholePages(ulong bytes) => bytes - (bytes % Pages.SizeBytes);
}
