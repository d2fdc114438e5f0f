using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using GpuMm.Hosting.Options;
using GpuMm.Hosting.Views;
using GpuMm.Hosting.Workers;
using Microsoft.Extensions.Options;

namespace GpuMm.Hosting.Machine;

/// <summary>Makes devices from named options, each once, and owns them.</summary>
internal sealed class GpuMmProvider : IGpuMmProvider, IDisposable, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Entry>> _entries = new(StringComparer.OrdinalIgnoreCase);

    public GpuMmProvider(
        IOptionsMonitor<SimulatedGpuOptions> options, IOptions<GpuMmOptions> shared, IEnumerable<GpuRegistration> registrations, TimeProvider time)
    {
        List<string> names = [];
        foreach (GpuRegistration registration in registrations)
        {
            string name = registration.Name;
            Lazy<Entry> entry = new(() => new Entry(new SimulatedGpu(name, options.Get(name), time), shared.Value));
            if (_entries.TryAdd(name, entry))
            {
                names.Add(name);
            }
        }

        Names = names;
    }

    public IReadOnlyList<string> Names { get; }

    public SimulatedGpu GetGpu(string name) => Find(name).Gpu;

    public DeviceSnapshotService ViewOf(string name) => Find(name).View;

    public IReadOnlyList<GpuWorker> WorkersOf(string name) => Find(name).Workers;

    public bool TryGet(string name, out SimulatedGpu? gpu)
    {
        gpu = _entries.TryGetValue(name, out Lazy<Entry>? entry) ? entry.Value.Gpu : null;
        return gpu is not null;
    }

    public void Dispose()
    {
        foreach (Lazy<Entry> entry in _entries.Values.Where(static each => each.IsValueCreated))
        {
            foreach (IDisposable worker in entry.Value.Workers.OfType<IDisposable>())
            {
                worker.Dispose();
            }

            entry.Value.Gpu.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<Entry> entry in _entries.Values.Where(static each => each.IsValueCreated))
        {
            foreach (IDisposable worker in entry.Value.Workers.OfType<IDisposable>())
            {
                worker.Dispose();
            }

            await entry.Value.Gpu.DisposeAsync().ConfigureAwait(false);
        }
    }

    private Entry Find(string name) => _entries.TryGetValue(name, out Lazy<Entry>? entry)
        ? entry.Value
        : throw new KeyNotFoundException($"There is no device '{name}'; there {(Names.Count == 1 ? "is" : "are")} {string.Join(", ", Names)}.");

    private sealed class Entry
    {
        public Entry(SimulatedGpu gpu, GpuMmOptions shared)
        {
            Gpu = gpu;
            View = new DeviceSnapshotService(gpu) { ThrashRatio = shared.ThrashRatio };
            List<GpuWorker> workers = [new FencePump(gpu), new Reaper(gpu), new LeaseKeeper(gpu), new Sampler(gpu, View)];
            if (gpu.Options.LowWatermarkPercent > 0)
            {
                workers.Add(new Reclaimer(gpu));
            }

            if (gpu.Options.RecordTo is not null)
            {
                workers.Add(new Recorder(gpu));
            }

            if (gpu.Options.DefragmentBytes.Bytes > 0)
            {
                workers.Add(new Defragmenter(gpu));
            }

            Workers = workers;
        }

        public SimulatedGpu Gpu { get; }

        public DeviceSnapshotService View { get; }

        public IReadOnlyList<GpuWorker> Workers { get; }
    }
}
