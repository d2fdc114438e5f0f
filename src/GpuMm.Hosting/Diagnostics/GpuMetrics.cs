using System;
using System.Collections.Generic;
using System.Diagnostics.Metrics;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Options;
using GpuMm.Hosting.Views;
using GpuMm.Objects;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GpuMm.Hosting.Diagnostics;

/// <summary>
/// The instruments of every device. All but the <c>hw.gpu.*</c> ones are GpuMm's own; those follow OpenTelemetry's hardware
/// conventions and carry <c>gpumm.simulated=true</c>, and are off unless asked for, so that no real fleet counts them.
/// </summary>
/// <remarks>
/// They read counts that the devices keep anyway: what nobody collects costs nothing. No tag names an object or a client.
/// </remarks>
public sealed class GpuMetrics : IHostedService, IDisposable
{
    private static readonly MemoryDomain[] s_domains = [MemoryDomain.System, MemoryDomain.Gtt, MemoryDomain.Vram];

    private readonly IGpuMmProvider _provider;
    private readonly Meter _meter;
    private readonly Histogram<double> _faultDuration;
    private readonly Histogram<double> _stallDuration;

    /// <summary>The instruments.</summary>
    /// <param name="provider">The devices.</param>
    /// <param name="factory">Makes the meter.</param>
    /// <param name="options">Says whether hardware instruments are wanted.</param>
    public GpuMetrics(IGpuMmProvider provider, IMeterFactory factory, IOptions<GpuMmOptions> options)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentNullException.ThrowIfNull(options);
        _provider = provider;
        _meter = factory.Create(new MeterOptions(GpuMmDiagnostics.MeterName));
        _faultDuration = _meter.CreateHistogram<double>("gpumm.fault.duration", "s", "How long CPU faults took, waiting included.");
        _stallDuration = _meter.CreateHistogram<double>("gpumm.stall.duration", "s", "How long somebody waited for the GPU.");
        Counters();
        Gauges();
        if (options.Value.PublishHardwareMetrics)
        {
            Hardware();
        }
    }

    /// <summary>Lets the devices report how long faults and waits took.</summary>
    /// <param name="cancellationToken">Not used.</param>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (string name in _provider.Names)
        {
            GpuObserver observer = _provider.GetGpu(name).Observer;
            observer.FaultDuration = _faultDuration;
            observer.StallDuration = _stallDuration;
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Counters()
    {
        _meter.CreateObservableCounter("gpumm.evictions", () => Each(static gpu => gpu.Device.Statistics.Evictions), "{object}", "Objects that were moved to make room for others.");
        _meter.CreateObservableCounter("gpumm.evicted", () => Each(static gpu => gpu.Device.Statistics.EvictedBytes), "By", "Bytes of them.");
        _meter.CreateObservableCounter("gpumm.bo.moves", () => Moves(static (statistics, from, to) => statistics.Moves(from, to)), "{move}", "Moves from one domain to another, every hop counted.");
        _meter.CreateObservableCounter("gpumm.bo.move.bytes", () => Moves(static (statistics, from, to) => statistics.MoveBytes(from, to)), "By", "Bytes that moves carried.");
        _meter.CreateObservableCounter("gpumm.fault.count", () => Each(static gpu => gpu.Device.Statistics.Faults), "{fault}", "CPU faults that a handler answered, retries included.");
        _meter.CreateObservableCounter("gpumm.fault.retries", () => Each(static gpu => gpu.Device.Statistics.FaultRetries), "{fault}", "Faults that waited outside the address-space lock and were tried again.");
        _meter.CreateObservableCounter("gpumm.pte.inserted", () => Each(static gpu => gpu.Device.Statistics.InsertedPtes), "{entry}", "Page-table entries inserted.");
        _meter.CreateObservableCounter("gpumm.pte.zapped", () => Each(static gpu => gpu.Device.Statistics.ZappedPtes), "{entry}", "Page-table entries revoked by moves.");
        _meter.CreateObservableCounter("gpumm.jobs", () => Each(static gpu => gpu.Activity.Jobs), "{job}", "Jobs queued on the render engine.");
        _meter.CreateObservableCounter("gpumm.reclaimed", () => Each(static gpu => gpu.Activity.ReclaimedBytes), "By", "Bytes that the reclaimer moved out ahead of need.");
        _meter.CreateObservableCounter("gpumm.defragmented", () => Each(static gpu => gpu.Activity.DefragmentedBytes), "By", "Bytes that the defragmenter moved.");
        _meter.CreateObservableCounter("gpumm.refaulted", () => Each(static gpu => gpu.Activity.RefaultedBytes), "By", "Bytes brought back into video memory within a second of their eviction.");
        _meter.CreateObservableCounter("gpumm.link.busy", () => EachDouble(static gpu => gpu.Driver.Copy.BusyNs / 1e9), "s", "Time for which the copy engine had work.");
        _meter.CreateObservableCounter("gpumm.render.busy", () => EachDouble(static gpu => gpu.Driver.Render.BusyNs / 1e9), "s", "Time for which the render engine had work.");
    }

    private void Gauges()
    {
        _meter.CreateObservableUpDownCounter("gpumm.placement.usage", () => Domains(static manager => (long)manager.UsedBytes), "By", "Bytes given out, by domain.");
        _meter.CreateObservableUpDownCounter("gpumm.placement.limit", () => Domains(static manager => (long)manager.SizeBytes), "By", "Size of each domain.");
        _meter.CreateObservableUpDownCounter("gpumm.objects", () => Each(static gpu => gpu.Device.ObjectCount), "{object}", "Objects that exist.");
        _meter.CreateObservableUpDownCounter("gpumm.clients", () => Each(static gpu => gpu.Sessions.Count), "{client}", "Clients that are open.");
        _meter.CreateObservableUpDownCounter("gpumm.jobs.pending", () => Each(static gpu => (long)gpu.Driver.PendingCount), "{job}", "Jobs and copies that have not ended.");
    }

    private void Hardware()
    {
        _meter.CreateObservableUpDownCounter("hw.gpu.memory.limit", () => EachHardware(static gpu => (long)gpu.Options.Vram.Bytes), "By", "Size of the GPU memory (simulated).");
        _meter.CreateObservableUpDownCounter("hw.gpu.memory.usage", () => EachHardware(static gpu => (long)gpu.Device.Manager(MemoryDomain.Vram).UsedBytes), "By", "GPU memory used (simulated).");
        _meter.CreateObservableGauge("hw.gpu.memory.utilization", () => EachHardware(static gpu => (double)gpu.Device.Manager(MemoryDomain.Vram).UsedBytes / gpu.Options.Vram.Bytes), "1", "Fraction of GPU memory used (simulated).");
        _meter.CreateObservableCounter("hw.gpu.io", HardwareIo, "By", "Received and transmitted bytes by the GPU (simulated).");
    }

    private List<Measurement<long>> HardwareIo()
    {
        List<Measurement<long>> all = [];
        foreach (string name in _provider.Names)
        {
            SimulatedGpu gpu = _provider.GetGpu(name);
            DeviceStatistics statistics = gpu.Device.Statistics;
            long received = statistics.MoveBytes(MemoryDomain.Gtt, MemoryDomain.Vram) + statistics.MoveBytes(MemoryDomain.System, MemoryDomain.Vram);
            long sent = statistics.MoveBytes(MemoryDomain.Vram, MemoryDomain.Gtt) + statistics.MoveBytes(MemoryDomain.Vram, MemoryDomain.System);
            all.Add(new Measurement<long>(received, [.. HardwareTags(gpu), new("network.io.direction", "receive")]));
            all.Add(new Measurement<long>(sent, [.. HardwareTags(gpu), new("network.io.direction", "transmit")]));
        }

        return all;
    }

    private static KeyValuePair<string, object?>[] HardwareTags(SimulatedGpu gpu) =>
    [
        new("hw.id", $"gpumm:{gpu.Name}"), new("hw.name", gpu.Name), new("hw.model", gpu.Machine.Name), new("hw.vendor", "GpuMm"), new("gpumm.simulated", true),
    ];

    private List<Measurement<T>> EachHardware<T>(Func<SimulatedGpu, T> read)
        where T : struct
    {
        List<Measurement<T>> all = [];
        foreach (string name in _provider.Names)
        {
            SimulatedGpu gpu = _provider.GetGpu(name);
            all.Add(new Measurement<T>(read(gpu), HardwareTags(gpu)));
        }

        return all;
    }

    private List<Measurement<long>> Each(Func<SimulatedGpu, long> read)
    {
        List<Measurement<long>> all = [];
        foreach (string name in _provider.Names)
        {
            all.Add(new Measurement<long>(read(_provider.GetGpu(name)), new KeyValuePair<string, object?>("gpumm.device", name)));
        }

        return all;
    }

    private List<Measurement<double>> EachDouble(Func<SimulatedGpu, double> read)
    {
        List<Measurement<double>> all = [];
        foreach (string name in _provider.Names)
        {
            all.Add(new Measurement<double>(read(_provider.GetGpu(name)), new KeyValuePair<string, object?>("gpumm.device", name)));
        }

        return all;
    }

    private List<Measurement<long>> Domains(Func<ResourceManager, long> read)
    {
        List<Measurement<long>> all = [];
        foreach (string name in _provider.Names)
        {
            foreach (MemoryDomain domain in s_domains)
            {
                all.Add(new Measurement<long>(
                    read(_provider.GetGpu(name).Device.Manager(domain)),
                    new KeyValuePair<string, object?>("gpumm.device", name),
                    new KeyValuePair<string, object?>("gpumm.domain", DeviceSnapshotService.NameOf(domain))));
            }
        }

        return all;
    }

    private List<Measurement<long>> Moves(Func<DeviceStatistics, MemoryDomain, MemoryDomain, long> read)
    {
        List<Measurement<long>> all = [];
        foreach (string name in _provider.Names)
        {
            foreach (MemoryDomain from in s_domains)
            {
                foreach (MemoryDomain to in s_domains)
                {
                    all.Add(new Measurement<long>(
                        read(_provider.GetGpu(name).Device.Statistics, from, to),
                        new KeyValuePair<string, object?>("gpumm.device", name),
                        new KeyValuePair<string, object?>("gpumm.move.from", DeviceSnapshotService.NameOf(from)),
                        new KeyValuePair<string, object?>("gpumm.move.to", DeviceSnapshotService.NameOf(to))));
                }
            }
        }

        return all;
    }
}
