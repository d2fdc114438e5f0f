using System;
using System.Collections.Generic;
using System.Diagnostics.Metrics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Diagnostics;
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
    private static readonly string[] s_states = ["ok", "degraded", "failed"];
    private static readonly (MoveCause Cause, string Name)[] s_causes = [.. Enum.GetValues<MoveCause>().Select(static cause => (cause, Words(cause)))];

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
        _meter.CreateObservableCounter("gpumm.bo.moves", () => Moves(static (activity, from, to, cause) => activity.Moves(from, to, cause)), "{move}", "Moves from one domain to another, every hop counted.");
        _meter.CreateObservableCounter("gpumm.bo.move.bytes", () => Moves(static (activity, from, to, cause) => activity.MoveBytes(from, to, cause)), "By", "Bytes of what moved; a rebinding of the same pages moves none.");
        _meter.CreateObservableCounter("gpumm.fault.count", () => Each(static gpu => gpu.Device.Statistics.Faults), "{fault}", "CPU faults that a handler answered, retries included.");
        _meter.CreateObservableCounter("gpumm.fault.retries", () => Each(static gpu => gpu.Device.Statistics.FaultRetries), "{fault}", "Faults that waited outside the address-space lock and were tried again.");
        _meter.CreateObservableCounter("gpumm.pte.inserted", () => Each(static gpu => gpu.Device.Statistics.InsertedPtes), "{entry}", "Page-table entries inserted.");
        _meter.CreateObservableCounter("gpumm.pte.zapped", () => Each(static gpu => gpu.Device.Statistics.ZappedPtes), "{entry}", "Page-table entries revoked by moves.");
        _meter.CreateObservableCounter("gpumm.jobs", () => Each(static gpu => gpu.Activity.Jobs), "{job}", "Jobs queued on the render engine.");
        _meter.CreateObservableCounter("gpumm.reclaimed", () => Each(static gpu => gpu.Activity.ReclaimedBytes), "By", "Bytes that the reclaimer moved out ahead of need.");
        _meter.CreateObservableCounter("gpumm.defragmented", () => Each(static gpu => gpu.Activity.DefragmentedBytes), "By", "Bytes that the defragmenter moved.");
        _meter.CreateObservableCounter("gpumm.refaulted", () => Each(static gpu => gpu.Activity.RefaultedBytes), "By", "Bytes brought back into video memory within a second of their eviction.");
        _meter.CreateObservableCounter("gpumm.journal.bytes", () => Each(static gpu => gpu.Activity.JournalBytes), "By", "Bytes written to the journal of kept state.");
        _meter.CreateObservableCounter("gpumm.journal.flushes", () => Each(static gpu => gpu.Activity.JournalFlushes), "{flush}", "Times that the journal was written and flushed to the disk.");
        _meter.CreateObservableCounter("gpumm.journal.flush.time", () => EachDouble(static gpu => gpu.Activity.JournalFlushNs / 1e9), "s", "Time that those writes and flushes took.");
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
        _meter.CreateObservableUpDownCounter("hw.status", HardwareStatus, "1", "1 for the state that the GPU is in, 0 for the others (simulated).");
        _meter.CreateObservableCounter("hw.errors", HardwareErrors, "{error}", "Errors encountered by the GPU (simulated).");
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

    // Degraded while it thrashes, failed when it was unplugged.
    private List<Measurement<int>> HardwareStatus()
    {
        List<Measurement<int>> all = [];
        foreach (string name in _provider.Names)
        {
            SimulatedGpu gpu = _provider.GetGpu(name);
            string now = gpu.Device.IsUnplugged ? "failed" : _provider.ViewOf(name).IsThrashing ? "degraded" : "ok";
            foreach (string state in s_states)
            {
                all.Add(new Measurement<int>(state == now ? 1 : 0, [.. HardwareTags(gpu), new("hw.state", state)]));
            }
        }

        return all;
    }

    private List<Measurement<long>> HardwareErrors()
    {
        List<Measurement<long>> all = [];
        foreach (string name in _provider.Names)
        {
            SimulatedGpu gpu = _provider.GetGpu(name);
            all.Add(new Measurement<long>(gpu.Activity.CorrectedErrors, [.. HardwareTags(gpu), new("error.type", "corrected")]));
            all.Add(new Measurement<long>(gpu.Activity.UncorrectedErrors, [.. HardwareTags(gpu), new("error.type", "uncorrected")]));
        }

        return all;
    }

    private static KeyValuePair<string, object?>[] HardwareTags(SimulatedGpu gpu) =>
    [
        new("hw.id", $"gpumm:{gpu.Name}"), new("hw.type", "gpu"), new("hw.name", gpu.Name), new("hw.model", gpu.Machine.Name), new("hw.vendor", "GpuMm"), new("gpumm.simulated", true),
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

    // Only what occurred: of all pairs and causes that could be, most never are.
    private List<Measurement<long>> Moves(Func<GpuActivity, MemoryDomain, MemoryDomain, MoveCause, long> read)
    {
        List<Measurement<long>> all = [];
        foreach (string name in _provider.Names)
        {
            GpuActivity activity = _provider.GetGpu(name).Activity;
            foreach (MemoryDomain from in s_domains)
            {
                foreach (MemoryDomain to in s_domains)
                {
                    AddCauses(all, name, from, to, cause => read(activity, from, to, cause));
                }
            }
        }

        return all;
    }

    private static void AddCauses(List<Measurement<long>> all, string device, MemoryDomain from, MemoryDomain to, Func<MoveCause, long> read)
    {
        foreach ((MoveCause cause, string name) in s_causes)
        {
            if (read(cause) is > 0 and long count)
            {
                all.Add(new Measurement<long>(
                    count,
                    new KeyValuePair<string, object?>("gpumm.device", device),
                    new KeyValuePair<string, object?>("gpumm.move.from", DeviceSnapshotService.NameOf(from)),
                    new KeyValuePair<string, object?>("gpumm.move.to", DeviceSnapshotService.NameOf(to)),
                    new KeyValuePair<string, object?>("gpumm.move.cause", name)));
            }
        }
    }

    // CpuFault is cpu_fault.
    private static string Words(MoveCause cause) =>
        string.Concat(cause.ToString().Select(static (letter, i) => i > 0 && char.IsUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}
