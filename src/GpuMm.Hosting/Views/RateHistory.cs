using System;
using System.Collections.Generic;
using GpuMm.Hosting.Machine;
using GpuMm.Objects;

namespace GpuMm.Hosting.Views;

/// <summary>Rates over time: each sample is the difference of the device's counts since the one before.</summary>
/// <remarks>Lock: its own, innermost.</remarks>
internal sealed class RateHistory(SimulatedGpu gpu)
{
    /// <summary>Samples kept.</summary>
    public const int Capacity = 1200;

    private readonly object _gate = new();
    private readonly RateSample[] _samples = new RateSample[Capacity]; // Lock: _gate; a ring
    private RateSample _totals; // Lock: _gate; counts at the last sample
    private long _count; // Lock: _gate

    public RateSample Latest
    {
        get
        {
            lock (_gate)
            {
                return _count == 0 ? default : _samples[(_count - 1) % Capacity];
            }
        }
    }

    /// <summary>Takes a sample, unless one was taken just now.</summary>
    public void Sample(long leastSpanNs)
    {
        RateSample totals = Totals(gpu);
        lock (_gate)
        {
            long spanNs = totals.TimeNs - _totals.TimeNs;
            if (spanNs < leastSpanNs)
            {
                return;
            }

            _samples[_count++ % Capacity] = Difference(totals, _totals, spanNs);
            _totals = totals;
        }
    }

    /// <summary>Samples after a time, oldest first.</summary>
    public IReadOnlyList<RateSample> After(long timeNs)
    {
        List<RateSample> found = [];
        lock (_gate)
        {
            // Backwards to the first that is wanted: most askers want the latest few.
            long first = _count;
            while (first > Math.Max(0, _count - Capacity) && _samples[(first - 1) % Capacity].TimeNs > timeNs)
            {
                first--;
            }

            found.EnsureCapacity((int)(_count - first));
            for (; first < _count; first++)
            {
                found.Add(_samples[first % Capacity]);
            }
        }

        return found;
    }

    /// <summary>Sums over the samples of the last span of time.</summary>
    public (long MovedInBytes, long RefaultedBytes) Recent(long spanNs)
    {
        long movedIn = 0;
        long refaulted = 0;
        foreach (RateSample sample in After(gpu.Driver.ClockNs - spanNs))
        {
            movedIn += sample.MovedInBytes;
            refaulted += sample.RefaultedBytes;
        }

        return (movedIn, refaulted);
    }

    private static RateSample Totals(SimulatedGpu gpu)
    {
        DeviceStatistics statistics = gpu.Device.Statistics;
        return new RateSample(
            gpu.Driver.ClockNs,
            0,
            statistics.Evictions,
            statistics.EvictedBytes,
            statistics.MoveBytes(MemoryDomain.Gtt, MemoryDomain.Vram) + statistics.MoveBytes(MemoryDomain.System, MemoryDomain.Vram),
            statistics.MoveBytes(MemoryDomain.Vram, MemoryDomain.Gtt) + statistics.MoveBytes(MemoryDomain.Vram, MemoryDomain.System),
            gpu.Activity.RefaultedBytes,
            statistics.Faults,
            statistics.FaultRetries,
            statistics.ZappedPtes,
            gpu.Activity.Jobs,
            gpu.Device.Manager(MemoryDomain.Vram).UsedBytes,
            gpu.Device.Manager(MemoryDomain.Gtt).UsedBytes,
            gpu.Device.SystemPagesUsedBytes,
            gpu.Driver.Copy.BusyNs,
            gpu.Driver.Render.BusyNs);
    }

    private static RateSample Difference(in RateSample now, in RateSample before, long spanNs) => now with
    {
        SpanNs = spanNs,
        Evictions = now.Evictions - before.Evictions,
        EvictedBytes = now.EvictedBytes - before.EvictedBytes,
        MovedInBytes = now.MovedInBytes - before.MovedInBytes,
        MovedOutBytes = now.MovedOutBytes - before.MovedOutBytes,
        RefaultedBytes = now.RefaultedBytes - before.RefaultedBytes,
        Faults = now.Faults - before.Faults,
        FaultRetries = now.FaultRetries - before.FaultRetries,
        ZappedPtes = now.ZappedPtes - before.ZappedPtes,
        Jobs = now.Jobs - before.Jobs,
        CopyBusyNs = now.CopyBusyNs - before.CopyBusyNs,
        RenderBusyNs = now.RenderBusyNs - before.RenderBusyNs,
    };
}
