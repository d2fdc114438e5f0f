using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Dashboard.WhatIf;
using GpuMm.Eviction;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Options;
using GpuMm.Hosting.Sessions;
using GpuMm.Objects;
using GpuMm.Simulation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GpuMm.HostingTests;

/// <summary>What a program adds to devices, through its container.</summary>
public sealed class BuilderTests
{
    private static readonly LinkModel s_slow = new() { Name = "satellite", LatencyNs = 600_000_000, BytesPerSecond = 1 << 20 };

    [Fact]
    public void APolicyOfOnesOwnDecidesWhomToEvict()
    {
        for (int i = 0; i < 2; i++) // A second container finds the policy there.
        {
            ServiceCollection services = [];
            services.AddGpuMm()
                .AddEvictionPolicy<NewestFirst>("newest-first", "last in, first out")
                .AddEvictionPolicy<NewestFirst>("newest-first")
                .AddGpu("gpu0", static gpu => (gpu.EvictionPolicy, gpu.Vram, gpu.LowWatermarkPercent) = ("newest-first", ByteCount.MiB(4), 0));
            using ServiceProvider provider = services.BuildServiceProvider();
            IBufferObjectManager gpu = provider.GetRequiredKeyedService<IBufferObjectManager>("gpu0");
            BufferObject[] made = [.. Enumerable.Range(0, 5).Select(_ => Create(gpu))];
            Assert.Equal([MemoryDomain.Vram, MemoryDomain.Vram, MemoryDomain.Vram, MemoryDomain.Gtt, MemoryDomain.Vram], made.Select(static each => each.Resource!.Domain));
        }

        Assert.Contains("already", Assert.Throws<ArgumentException>(() => new ServiceCollection().AddGpuMm().AddEvictionPolicy<NewestFirst>("fifo")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALinkOfOnesOwnIsWhatMovesTravelOver()
    {
        FakeTimeProvider time = new();
        ServiceCollection services = [];
        services.AddSingleton<TimeProvider>(time);
        services.AddGpuMm().AddLinkModel(s_slow).AddLinkModel(s_slow)
            .AddGpu("far", static gpu => gpu.Link = "Satellite")
            .AddGpu("near", static gpu => gpu.Link = "agp8x")
            .AddGpu("nowhere", static gpu => gpu.Link = "string");
        using ServiceProvider provider = services.BuildServiceProvider();
        SimulatedGpu far = provider.GetRequiredKeyedService<SimulatedGpu>("far");
        Assert.Equal(s_slow, far.Driver.Profile.Link);
        Assert.Null(far.TryOpenSession("test", default, out GpuSession? session));
        Assert.Null(session!.Create(new ObjectRequest(1 << 20, "a", "gtt"), out uint handle));
        Assert.Null(session.Place(handle, "vram"));
        time.Advance(TimeSpan.FromMilliseconds(1_599));
        Assert.Equal(1ul, far.Driver.PendingCount);
        time.Advance(TimeSpan.FromMilliseconds(1)); // 0.6 s for the way and one for a mebibyte.
        Assert.Equal(0ul, far.Driver.PendingCount);
        Assert.Equal("agp8x", provider.GetRequiredKeyedService<SimulatedGpu>("near").Machine.Link.Name);
        OptionsValidationException refused = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredKeyedService<SimulatedGpu>("nowhere"));
        Assert.Contains("GpuMm:Gpus:nowhere:Link is 'string'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("satellite", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddGpuMm().AddLinkModel(s_slow).AddLinkModel(s_slow with { LatencyNs = 1 }));
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddGpuMm().AddLinkModel(s_slow with { Name = "agp8x" }));
    }

    [Fact]
    public async Task SweepsRunBesideTheDevices()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddGpuMm().AddGpu("gpu0").AddSweeps().AddSweeps();
        using IHost host = builder.Build();
        await host.StartAsync(cancel);
        WhatIfService sweeps = host.Services.GetRequiredService<WhatIfService>();
        foreach (ulong mebibytes in (ulong[])[64, 128])
        {
            Assert.NotEqual(0, sweeps.Ask(new WhatIfRequest(GpuMm.RenderLoop.SceneDescription.All[0].Name, null, mebibytes << 20, 450, 1), out string? problem));
            Assert.Null(problem);
        }

        while (sweeps.Runs().Any(static run => !run.IsOver))
        {
            await Task.Delay(20, cancel);
        }

        Assert.All(sweeps.Runs(), static run =>
        {
            Assert.NotNull(run.Summary);
            Assert.Equal(225, run.FrameMs.Length); // Two frames share a point, and the longer is drawn.
            Assert.True(run.FrameMs.Max() * 1e6 >= run.Summary.FrameMaxNs - 1);
        });
        await host.StopAsync(cancel);
    }

    [Fact]
    public async Task TheDashboardLivesInAnApplicationOfOnesOwn()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        const string Token = "a-secret-of-many-characters";
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "GpuMm.Cli", ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseStaticWebAssets(); // As in Development: the files of the packages lie where they were built.
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHealthChecks().AddGpuMm();
        builder.Services.AddGpuMm(static options => options.WorkerSilenceLimit = TimeSpan.FromHours(1)).AddGpu("mine").AddDashboard(Token).AddDashboard();
        await using WebApplication app = builder.Build();
        app.MapGpuMm();
        app.MapGet("/own", static () => "own page");
        await app.StartAsync(cancel);
        using HttpClient http = new() { BaseAddress = new Uri(app.Urls.First()) };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri("/api/v1/devices", UriKind.Relative), cancel)).StatusCode);
        http.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        Assert.Contains("\"mine\"", await http.GetStringAsync("/api/v1/devices", cancel), StringComparison.Ordinal);
        Assert.Contains("<title>GpuMm: mine</title>", await http.GetStringAsync("/", cancel), StringComparison.Ordinal);
        Assert.Contains("prefers-reduced-motion", await http.GetStringAsync("/gpumm.css", cancel), StringComparison.Ordinal);
        Assert.Equal("Healthy", await http.GetStringAsync("/healthz/ready", cancel));
        Assert.Equal("own page", await http.GetStringAsync("/own", cancel));
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddGpuMm().AddDashboard("short"));
        await app.StopAsync(cancel);
    }

    private static BufferObject Create(IBufferObjectManager gpu)
    {
        Assert.Null(gpu.TryCreate(new ObjectRequest(1 << 20, "a", "vram"), out BufferObject? made));
        return made!;
    }

    /// <summary>The last that came goes first.</summary>
    internal struct NewestFirst : IEvictionPolicy
    {
        private Dictionary<int, uint> _sizes;
        private List<int> _order;

        public void Start(long capacity, bool mayRefuse) => (_sizes, _order) = ([], []);

        public readonly void Reserve(int slotCount)
        {
        }

        public readonly void Prefetch(int slot)
        {
        }

        public readonly void PrefetchNeighbours(int slot)
        {
        }

        public readonly bool IsResident(int slot) => _order.Contains(slot);

        public readonly uint SizeOf(int slot) => _sizes[slot];

        public readonly void Hit(int slot)
        {
        }

        public readonly bool Miss(int slot, uint size) => true;

        public readonly int SelectVictim(int incoming, uint size)
        {
            int victim = _order.Count == 0 ? -1 : _order[^1];
            _order.Remove(victim);
            return victim;
        }

        public readonly void Evict(int slot) => _sizes.Remove(slot);

        public readonly void Restore(int slot) => _order.Add(slot);

        public readonly bool Insert(int slot, uint size)
        {
            _order.Add(slot);
            _sizes[slot] = size;
            return true;
        }

        public readonly void Remove(int slot)
        {
            _order.Remove(slot);
            _sizes.Remove(slot);
        }
    }
}
