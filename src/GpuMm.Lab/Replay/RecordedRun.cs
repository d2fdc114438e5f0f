using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using GpuMm.Eviction;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Simulation;
using GpuMm.Traces.Format;
using GpuMm.Traces.Model;
using GpuMm.Traces.Recording;

namespace GpuMm.Lab.Replay;

/// <summary>Records a workload, and replays recordings on devices that are set up as the recording says, or otherwise.</summary>
public static class RecordedRun
{
    /// <summary>Records the seeded workload.</summary>
    /// <param name="stream">Where to; disposed.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="options">The device.</param>
    /// <param name="seed">Decides what the workload does.</param>
    /// <param name="frames">How long it runs.</param>
    /// <param name="recorded">Events written.</param>
    /// <returns>The hash of the device's end state.</returns>
    /// <exception cref="InvalidOperationException">A submission failed, or an invariant was broken.</exception>
    public static ulong Record(
        Stream stream, string file, MachineProfile machine, GpuDeviceOptions options, ulong seed, int frames, out long recorded)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(options);
        SimulatedDriver driver = new(machine, new VirtualClock());
        using GpuDevice device = new(options, driver);
        SortedDictionary<string, string> facts = DeviceRecorder.Describe(options, machine.Name);
        facts["seed"] = seed.ToString(CultureInfo.InvariantCulture);
        facts["frames"] = frames.ToString(CultureInfo.InvariantCulture);
        using DeviceRecorder recorder = new(device, new GmmtWriter(stream, file, facts));
        RecordedWorkload workload = new(device, driver, seed, recorder);
        MmStatus status = workload.Run(frames, options.VramBytes * 2);
        if (status != MmStatus.Ok)
        {
            throw new InvalidOperationException($"The workload's submission answered {status}; give more memory.");
        }

        recorder.Complete();
        recorded = recorder.EventCount;
        return HashOf(device);
    }

    /// <summary>The device options that a recording states.</summary>
    /// <param name="properties">The recording's properties.</param>
    /// <param name="machine">The machine it states; the default machine when it names none that is known.</param>
    public static GpuDeviceOptions OptionsOf(IReadOnlyDictionary<string, string> properties, out MachineProfile machine)
    {
        ArgumentNullException.ThrowIfNull(properties);
        machine = MachineProfile.Find(properties.GetValueOrDefault("machine", "")) ?? MachineProfile.Find("pcie3x16")!;
        GpuDeviceOptions usual = new();
        return usual with
        {
            VramBytes = Size(properties, "vram_bytes", usual.VramBytes),
            VisibleVramBytes = Size(properties, "visible_vram_bytes", Size(properties, "vram_bytes", usual.VramBytes)),
            ApertureBytes = Size(properties, "aperture_bytes", usual.ApertureBytes),
            SystemBytes = Size(properties, "system_bytes", usual.SystemBytes),
            VramAllocator = Word(properties, "vram_allocator", usual.VramAllocator),
            ApertureAllocator = Word(properties, "aperture_allocator", usual.ApertureAllocator),
            Backing = Word(properties, "backing", usual.Backing),
            IoWindowBytes = Optional(properties, "io_window_bytes"),
            PageLimitBytes = properties.ContainsKey("page_limit_bytes") ? Number(properties, "page_limit_bytes", ulong.MaxValue) : null,
            PagePoolBytes = Number(properties, "page_pool_bytes", usual.PagePoolBytes),
            PoolUsesDmaAllocator = IsTrue(properties, "pool_uses_dma_allocator"),
            PoolUsesDma32 = IsTrue(properties, "pool_uses_dma32"),
            Dma32LimitBytes = Math.Min(Number(properties, "dma32_limit_bytes", usual.Dma32LimitBytes), GpuDeviceOptions.MaxDma32LimitBytes),
            Gart = Word(properties, "gart", usual.Gart),
            DmaBaseBytes = Size(properties, "dma_base_bytes", usual.DmaBaseBytes),
            MappablePages = Math.Max(1, Number(properties, "mappable_pages", usual.MappablePages)),
            MoveWaitLimitNs = Number(properties, "move_wait_limit_ns", usual.MoveWaitLimitNs),
            ReleaseWaitLimitNs = Number(properties, "release_wait_limit_ns", usual.ReleaseWaitLimitNs),
            PropagateNoSpace = IsTrue(properties, "propagate_no_space"),
            ProtectedGroupsEvictFirst = IsTrue(properties, "protected_groups_evict_first"),
            Swap = properties.ContainsKey("swap_pages") ? new MemorySwapStore((long)Math.Min(Number(properties, "swap_pages", long.MaxValue), long.MaxValue)) : null,
            EvictionPolicy = EvictionPolicies.TryCreate(properties.GetValueOrDefault("policy"), out EvictionPolicy? policy) ? policy.Name : usual.EvictionPolicy,
        };
    }

    /// <summary>Replays a recording.</summary>
    /// <param name="reader">The recording, at its start.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="options">The device.</param>
    /// <param name="replay">The replay, with what it counted.</param>
    /// <param name="result">The figures of the end state.</param>
    /// <returns>The hash of the device's end state.</returns>
    public static ulong Replay(
        ITraceReader reader, MachineProfile machine, GpuDeviceOptions options, out RecordingReplay replay, out FullReplayResult result)
    {
        ArgumentNullException.ThrowIfNull(reader);
        SimulatedDriver driver = new(machine, new VirtualClock());
        using GpuDevice device = new(options, driver);
        replay = new RecordingReplay(device);
        replay.Run(reader);
        result = ResultOf(device, driver, replay);
        return HashOf(device);
    }

    internal static FullReplayResult ResultOf(GpuDevice device, SimulatedDriver driver, RecordingReplay replay)
    {
        ResourceManager vram = device.Manager(MemoryDomain.Vram);
        ulong free = vram.SizeBytes - vram.UsedBytes;
        ulong hole = ReplayDevices.LargestHole(device);
        return new FullReplayResult
        {
            Events = replay.Operations,
            Failures = replay.Divergences,
            Objects = device.ObjectCount,
            Evictions = device.Statistics.Evictions,
            ToVramBytes = device.Statistics.MoveBytes(MemoryDomain.Gtt, MemoryDomain.Vram) + device.Statistics.MoveBytes(MemoryDomain.System, MemoryDomain.Vram),
            FromVramBytes = device.Statistics.MoveBytes(MemoryDomain.Vram, MemoryDomain.Gtt) + device.Statistics.MoveBytes(MemoryDomain.Vram, MemoryDomain.System),
            Faults = device.Statistics.Faults,
            ZappedPtes = device.Statistics.ZappedPtes,
            SimulatedNs = driver.Clock.Now.Nanoseconds,
            CopyNs = driver.Copy.BusyTime.Nanoseconds,
            RenderNs = driver.Render.BusyTime.Nanoseconds,
            VramPeakBytes = vram.PeakBytes,
            VramUsedBytes = vram.UsedBytes,
            LargestHoleBytes = hole,
            Fragmentation = free == 0 ? 0 : 1 - ((double)hole / free),
            BrokenInvariants = device.Validate().Count,
        };
    }

    private static ulong HashOf(GpuDevice device)
    {
        ValidationReport problems = device.Validate();
        return problems.Count == 0 ? DeviceState.Hash(device) : throw new InvalidOperationException($"An invariant is broken: {problems[0]}");
    }

    private static ulong Number(IReadOnlyDictionary<string, string> properties, string name, ulong fallback) =>
        ulong.TryParse(properties.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : fallback;

    // Whole pages; null where the recording states none.
    private static ulong? Optional(IReadOnlyDictionary<string, string> properties, string name) =>
        Number(properties, name, 0) is var bytes && bytes > 0 && bytes % Pages.SizeBytes == 0 ? bytes : null;

    private static bool IsTrue(IReadOnlyDictionary<string, string> properties, string name) =>
        string.Equals(properties.GetValueOrDefault(name), "true", StringComparison.Ordinal);

    private static ulong Size(IReadOnlyDictionary<string, string> properties, string name, ulong fallback) =>
        ulong.TryParse(properties.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out ulong size) &&
        size is > 0 and <= 1ul << 46 && size % Pages.SizeBytes == 0 ? size : fallback;

    private static T Word<T>(IReadOnlyDictionary<string, string> properties, string name, T fallback)
        where T : struct, Enum =>
        Enum.TryParse(properties.GetValueOrDefault(name), out T word) && Enum.IsDefined(word) ? word : fallback;
}
