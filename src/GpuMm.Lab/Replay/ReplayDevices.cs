using System;
using System.Collections.Generic;
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
        VisibleVramBytes = VisibleBytes(options),
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

    /// <summary>Checks machine and rules.</summary>
    /// <param name="options">Machine and rules.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not whole pages, or a number out of range.</exception>
    public static void Check(FullReplayOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.JobUses, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.JobUses, FullReplayOptions.MaxJobUses, nameof(options));
        OptionsOf(options).Check();
    }

    /// <summary>How much video memory the CPU sees, bytes; bins give out no part of a space, so with them it sees all.</summary>
    /// <param name="options">Machine and rules.</param>
    public static ulong VisibleBytes(FullReplayOptions options) => options.Allocator == SpaceAllocatorKind.Bins
        ? options.VramBytes
        : Math.Min(options.VramBytes, WholePages(options.Machine.BarBytes));

    /// <summary>The largest gap between what objects hold in video memory.</summary>
    /// <param name="device">The device.</param>
    public static ulong LargestHole(GpuDevice device)
    {
        List<ByteRange> taken = [];
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

        return LargestHole(taken, device.Manager(MemoryDomain.Vram).SizeBytes);
    }

    /// <summary>The largest gap between ranges of a space, which are put in order.</summary>
    /// <param name="taken">The ranges; none overlap.</param>
    /// <param name="sizeBytes">Size of the space.</param>
    public static ulong LargestHole(List<ByteRange> taken, ulong sizeBytes)
    {
        taken.Sort(static (a, b) => a.StartBytes.CompareTo(b.StartBytes));
        ulong end = 0;
        ulong largest = 0;
        foreach (ByteRange range in taken)
        {
            largest = Math.Max(largest, range.StartBytes > end ? range.StartBytes - end : 0);
            end = Math.Max(end, range.EndBytes);
        }

        return Math.Max(largest, sizeBytes > end ? sizeBytes - end : 0);
    }

    private static ulong WholePages(ulong bytes) => bytes - (bytes % Pages.SizeBytes);
}
