using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Dashboard.Api.Bodies;
using GpuMm.Dashboard.Workloads;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Options;
using GpuMm.Hosting.Sessions;
using GpuMm.Traces.Format;
using GpuMm.Traces.Model;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GpuMm.HostingTests;

/// <summary>Recordings that are played on a device as workloads.</summary>
public sealed class TraceTests
{
    private const long Ms = 1_000_000;

    private static readonly TraceEvent[] s_events =
    [
        new() { Kind = TraceKind.Create, ObjectId = 1, ClientId = 7, SizeBytes = 1 << 20, Name = "grass" },
        new() { Kind = TraceKind.Create, ObjectId = 2, ClientId = 7, SizeBytes = 1 << 20, To = MemoryDomain.Gtt, Flags = TraceFlags.HasTo },
        new() { Kind = TraceKind.CpuAccess, ObjectId = 1, ClientId = 7, OffsetBytes = 4096, SizeBytes = 4, Flags = TraceFlags.Write, Contents = [1, 2, 3, 4] },
        new() { Kind = TraceKind.CpuAccess, ObjectId = 2, ClientId = 7, OffsetBytes = 0, SizeBytes = 1 << 30 }, // Only as far as it goes.
        new() { Kind = TraceKind.Pin, ObjectId = 2, ClientId = 7, TimeNs = 5 * Ms },
        new() { Kind = TraceKind.Create, ObjectId = 3, SizeBytes = 1ul << 40, TimeNs = 5 * Ms }, // Left out: there is no room.
        new() { Kind = TraceKind.Destroy, ObjectId = 99, TimeNs = 5 * Ms }, // Left out: nobody knows it.
        new() { Kind = TraceKind.Use, ObjectId = 1, ClientId = 7, SizeBytes = 4096, TimeNs = 10 * Ms },
        new() { Kind = TraceKind.Use, ObjectId = 4, ClientId = 8, SizeBytes = 8192, TimeNs = 10 * Ms }, // Not created before.
        new() { Kind = TraceKind.Use, ObjectId = 1, ClientId = 7, SizeBytes = 8192, Flags = TraceFlags.Write, TimeNs = 10 * Ms },
        new() { Kind = TraceKind.Submit, RelatedId = 1, SizeBytes = 1000, TimeNs = 10 * Ms },
        new() { Kind = TraceKind.Create, ObjectId = 5, ClientId = 7, SizeBytes = 4096, TimeNs = 20 * Ms },
        new() { Kind = TraceKind.Destroy, ObjectId = 5, ClientId = 7, TimeNs = 30 * Ms },
    ];

    [Fact]
    public async Task ARecordingIsPlayedByClientsLikeItsOwnUntilItsEnd()
    {
        using ServiceProvider provider = Provider(static builder => builder.AddTraceSource<Played>().AddTraceSource<Played>());
        SimulatedGpu gpu = provider.GetRequiredKeyedService<SimulatedGpu>("gpu0");
        WorkloadService workloads = new(provider.GetServices<ITraceSource>());
        Assert.Equal(["demo", "crowd", "played"], workloads.Names);
        WorkloadRun run = workloads.Start(gpu, new WorkloadRequest("Played"));
        Played played = Assert.Single(provider.GetServices<ITraceSource>().OfType<Played>());
        do
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
            Assert.Null(run.View().Failure);
        }
        while (!played.IsAtLast);
        WorkloadView view = run.View();
        Assert.Equal(3, gpu.Sessions.Sum(static session => session.HandleCount));
        Assert.Equal(["played 7", "played 8"], gpu.Sessions.Select(static session => session.Name).Where(static name => name != "played").Order(StringComparer.Ordinal));
        GpuSession game = gpu.Sessions.First(static session => session.Name == "played 7");
        Dictionary<string, (uint Handle, TrackedObject Tracked)> objects = game.Objects().ToDictionary(static each => each.Value.Target.Name, static each => (each.Key, each.Value), StringComparer.Ordinal);
        Assert.Equal(["grass", "object 2"], objects.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(1, objects["object 2"].Tracked.Target.PinCount);
        byte[] read = new byte[4];
        Assert.Null(game.ReadObject(objects["grass"].Handle, 4096, read));
        Assert.Equal([1, 2, 3, 4], read);
        Assert.Equal((2, 2), (view.Frames, view.SkippedFrames));
        Assert.True(workloads.Stop(run.Id));
        await run.Completion;
        Assert.Empty(gpu.Sessions);
    }

    [Fact]
    public async Task ARecordingThatIsNoneEndsItsRunWithASentenceAndHoldsNothing()
    {
        using Folder folder = new();
        string path = Path.Combine(folder.Path, "none.gmmt");
        using ServiceProvider provider = Provider(builder => builder.AddTraceSource("none", path));
        SimulatedGpu gpu = provider.GetRequiredKeyedService<SimulatedGpu>("gpu0");
        WorkloadService workloads = new(provider.GetServices<ITraceSource>());
        WorkloadRun run = workloads.Start(gpu, new WorkloadRequest("none"));
        await Assert.ThrowsAsync<FileNotFoundException>(() => run.Completion);
        Assert.Contains("none.gmmt", run.View().Failure, StringComparison.Ordinal);
        Assert.Empty(gpu.Sessions);
        IServiceCollection services = new ServiceCollection();
        Assert.Throws<ArgumentException>(() => services.AddGpuMm().AddTraceSource("demo", path));
        Assert.Throws<ArgumentException>(() => services.AddGpuMm().AddTraceSource("a", path).AddTraceSource("A", path));
        Assert.Throws<ArgumentException>(() => services.AddGpuMm().AddTraceSource("no/name", path));
        Assert.Contains("'played'", Assert.Throws<InvalidOperationException>(() => new WorkloadService([new Played(), new Played()])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheServicePlaysRecordingsThatItWasGiven()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using Folder folder = new();
        string path = Path.Combine(folder.Path, "game.gmmt");
        using (GmmtWriter writer = new(File.Create(path), path))
        {
            Array.ForEach(s_events, each => writer.Write(each));
            writer.Complete();
        }

        using ServeProcess service = await ServeProcess.StartAsync("--trace", $"game={path}");
        Assert.Equal(["demo", "crowd", "game"], (await service.Http.GetFromJsonAsync<string[]>("workloads/names", cancel))!);
        using HttpResponseMessage started = await service.Http.PostAsJsonAsync("devices/gpu0/workloads", new { name = "game" }, cancel);
        Assert.Equal(HttpStatusCode.Created, started.StatusCode);
        JsonElement run;
        do
        {
            await Task.Delay(20, cancel);
            run = (await service.Http.GetFromJsonAsync<JsonElement>("workloads", cancel))[0];
        }
        while (run.GetProperty("isRunning").GetBoolean());
        Assert.False(run.TryGetProperty("failure", out JsonElement failure), failure.ToString());
        Assert.Equal((2, 2), (run.GetProperty("frames").GetInt32(), run.GetProperty("skippedFrames").GetInt32()));
        JsonElement snapshot = await service.Http.GetFromJsonAsync<JsonElement>("devices/gpu0/snapshot", cancel);
        Assert.Equal(0, snapshot.GetProperty("clientCount").GetInt32());
    }

    private static ServiceProvider Provider(Action<GpuMm.Hosting.Registration.IGpuMmBuilder> add)
    {
        ServiceCollection services = [];
        add(services.AddGpuMm().AddGpu("gpu0", static gpu => (gpu.Vram, gpu.Aperture, gpu.System, gpu.Speed) = (ByteCount.MiB(16), ByteCount.MiB(64), ByteCount.MiB(64), 0)));
        return services.BuildServiceProvider();
    }

    // The events, and then one that is far away, so that the run goes on until it is stopped.
    private sealed class Played : ITraceSource
    {
        private readonly ConcurrentQueue<TraceEvent> _left = new([.. s_events, new TraceEvent { Kind = TraceKind.Marker, TimeNs = 3_600_000 * Ms }]);

        public string Name => "played";

        // All but the last have been played then, since one is read only after the one before it.
        public bool IsAtLast => _left.IsEmpty;

        public ITraceReader Open() => new Reader(_left);
    }

    private sealed class Reader(ConcurrentQueue<TraceEvent> left) : ITraceReader
    {
        public TraceDescription Description => throw new NotSupportedException();

        public string? Warning => null;

        public double Progress => 0;

        // One at a time, as a slow source may.
        public int Read(Span<TraceEvent> batch)
        {
            if (left.TryDequeue(out TraceEvent each))
            {
                batch[0] = each;
                return 1;
            }

            return 0;
        }

        public void Dispose()
        {
        }
    }
}
