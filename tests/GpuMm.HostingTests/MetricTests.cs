using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Linq;
using GpuMm.Diagnostics;
using GpuMm.Hosting.Diagnostics;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Options;
using GpuMm.Hosting.Sessions;
using GpuMm.Hosting.Views;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GpuMm.HostingTests;

/// <summary>What instruments and the event source say of a device whose doings are known.</summary>
public sealed class MetricTests : IDisposable
{
    // What a tag may be: a device, a domain, a cause, a state. Never an object or a client.
    private static readonly string[] s_tags =
    [
        "gpumm.device", "gpumm.domain", "gpumm.move.from", "gpumm.move.to", "gpumm.move.cause", "gpumm.simulated",
        "hw.id", "hw.type", "hw.name", "hw.vendor", "hw.model", "hw.state", "error.type", "network.io.direction",
    ];

    private readonly ServiceProvider _provider;

    public MetricTests()
    {
        ServiceCollection services = [];
        services.AddGpuMm(static options => options.PublishHardwareMetrics = true)
            .AddGpu("metered", static gpu => (gpu.Vram, gpu.Aperture, gpu.System, gpu.Speed) = (ByteCount.MiB(4), ByteCount.MiB(64), ByteCount.MiB(64), 0));
        _provider = services.BuildServiceProvider();
    }

    private SimulatedGpu Gpu => _provider.GetRequiredKeyedService<SimulatedGpu>("metered");

    public void Dispose() => _provider.Dispose();

    [Fact]
    public void MovesAreToldWithTheirCauseAndAddUpToWhatTheDeviceCounts()
    {
        Work();
        List<(string Name, double Value, Dictionary<string, object?> Tags)> all = Collect();
        foreach (MemoryDomain from in (MemoryDomain[])[MemoryDomain.System, MemoryDomain.Gtt, MemoryDomain.Vram])
        {
            foreach (MemoryDomain to in (MemoryDomain[])[MemoryDomain.System, MemoryDomain.Gtt, MemoryDomain.Vram])
            {
                Assert.Equal(Gpu.Device.Statistics.Moves(from, to), Sum("gpumm.bo.moves", from, to));
                Assert.Equal(Gpu.Device.Statistics.MoveBytes(from, to), Sum("gpumm.bo.move.bytes", from, to));
            }
        }

        Assert.Equal(["eviction"], Causes(MemoryDomain.Vram, MemoryDomain.Gtt));
        Assert.Equal(["submission"], Causes(MemoryDomain.Gtt, MemoryDomain.Vram));
        Assert.All(all, each => Assert.Empty(each.Tags.Keys.Except(s_tags, StringComparer.Ordinal)));

        double Sum(string name, MemoryDomain from, MemoryDomain to) => all.Where(each => each.Name == name && Is(each.Tags, from, to)).Sum(static each => each.Value);
        string[] Causes(MemoryDomain from, MemoryDomain to) =>
            [.. all.Where(each => each.Name == "gpumm.bo.moves" && Is(each.Tags, from, to)).Select(static each => (string)each.Tags["gpumm.move.cause"]!).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void HardwareInstrumentsAreMarkedSimulatedAndTellTheState()
    {
        Assert.Equal(("ok", 0, 0), State());
        Gpu.Device.Unplug();
        Assert.Equal(("failed", 0, 1), State());

        (string State, double Corrected, double Uncorrected) State()
        {
            List<(string Name, double Value, Dictionary<string, object?> Tags)> hardware = [.. Collect().Where(static each => each.Name.StartsWith("hw.", StringComparison.Ordinal))];
            Assert.Equal(["hw.errors", "hw.gpu.io", "hw.gpu.memory.limit", "hw.gpu.memory.usage", "hw.gpu.memory.utilization", "hw.status"], hardware.Select(static each => each.Name).Distinct().Order(StringComparer.Ordinal));
            Assert.All(hardware, static each => Assert.Equal(("gpumm:metered", "gpu", true), (each.Tags["hw.id"], each.Tags["hw.type"], each.Tags["gpumm.simulated"])));
            return ((string)Assert.Single(hardware, static each => each.Name == "hw.status" && each.Value == 1).Tags["hw.state"]!, Errors("corrected"), Errors("uncorrected"));

            double Errors(string type) => Assert.Single(hardware, each => each.Name == "hw.errors" && (string)each.Tags["error.type"]! == type).Value;
        }
    }

    [Fact]
    public void TheEventSourceTellsEachMoveWhileSomebodyListens()
    {
        using Listener listener = new();
        Work();
        object?[][] moves = [.. listener.Events.Where(static each => (string?)each[0] == "metered" && (string?)each[1] == nameof(DeviceEventKind.Evicted))];
        Assert.Equal(Gpu.Device.Statistics.Evictions, moves.Length);
        Assert.All(moves, static each => Assert.Equal(1L << 20, each[5]));
    }

    // Six objects of a mebibyte share four, then the first is used again.
    private void Work()
    {
        Assert.Null(Gpu.TryOpenSession("test", default, out GpuSession? session));
        uint first = 0;
        for (int i = 0; i < 6; i++)
        {
            Assert.Null(session!.Create(new ObjectRequest(1 << 20, $"{i}", "vram"), out uint handle));
            first = i == 0 ? handle : first;
        }

        Assert.Null(session!.Submit([new SubmitUse(first)], 0, out _));
        Assert.True(Gpu.Device.Statistics.Evictions >= 3);
    }

    private static bool Is(Dictionary<string, object?> tags, MemoryDomain from, MemoryDomain to) =>
        (string?)tags["gpumm.move.from"] == DeviceSnapshotService.NameOf(from) && (string?)tags["gpumm.move.to"] == DeviceSnapshotService.NameOf(to);

    private List<(string Name, double Value, Dictionary<string, object?> Tags)> Collect()
    {
        Assert.NotNull(_provider.GetRequiredService<GpuMetrics>());
        List<(string, double, Dictionary<string, object?>)> all = [];
        using MeterListener listener = new();
        IMeterFactory factory = _provider.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory)) // Others of this process have meters of the same name.
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => all.Add((instrument.Name, value, new Dictionary<string, object?>(tags.ToArray()))));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => all.Add((instrument.Name, value, new Dictionary<string, object?>(tags.ToArray()))));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => all.Add((instrument.Name, value, new Dictionary<string, object?>(tags.ToArray()))));
        listener.Start();
        listener.RecordObservableInstruments();
        return all;
    }

    private sealed class Listener : EventListener
    {
        public ConcurrentQueue<object?[]> Events { get; } = new();

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == GpuMmDiagnostics.EventSourceName)
            {
                EnableEvents(eventSource, EventLevel.Verbose);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) => Events?.Enqueue([.. eventData.Payload ?? (IReadOnlyList<object?>)[]]);
    }
}
