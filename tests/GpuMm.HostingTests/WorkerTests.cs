using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Fences;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Options;
using GpuMm.Hosting.Sessions;
using GpuMm.Hosting.Views;
using GpuMm.Hosting.Workers;
using GpuMm.Objects;
using GpuMm.Simulation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GpuMm.HostingTests;

/// <summary>What is done for a device in the background, on a clock that the test turns.</summary>
public sealed class WorkerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void AFenceSignalsByTheTimerWhenItsTimeHasCome()
    {
        using SimulatedGpu gpu = Gpu();
        Fence fence = gpu.Driver.SubmitRender(0, 3_000_000);
        Assert.False(fence.IsSignaled);
        _time.Advance(TimeSpan.FromMilliseconds(2));
        Assert.False(fence.IsSignaled);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(fence.IsSignaled);
    }

    [Fact]
    public void TheReclaimerStartsAtTheLowMarkAndRestsAtTheHighOne()
    {
        using SimulatedGpu gpu = Gpu(static options => (options.LowWatermarkPercent, options.HighWatermarkPercent) = (10, 25));
        GpuSession session = Open(gpu);
        for (int i = 0; i < 15; i++)
        {
            Ok(session.Create(new ObjectRequest(1 << 20, $"{i}", "vram"), out _));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Reclaimer reclaimer = new(gpu);
        Assert.Equal(1ul << 20, Free(gpu)); // 6 %, below the low mark
        for (int i = 0; i < 8; i++)
        {
            reclaimer.RunOnce();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(4ul << 20, Free(gpu)); // 25 %, the high mark
        Assert.Equal(3 << 20, gpu.Activity.ReclaimedBytes);
        reclaimer.RunOnce();
        Assert.Equal(4ul << 20, Free(gpu));
        Assert.Empty(gpu.Device.Validate());
    }

    [Fact]
    public void TheReaperFreesWhatTheGpuIsDoneWith()
    {
        using SimulatedGpu gpu = Gpu();
        GpuSession session = Open(gpu);
        Ok(session.Create(new ObjectRequest(1 << 20), out uint handle));
        Ok(session.Submit([new SubmitUse(handle)], 5_000_000, out _));
        Ok(session.Destroy(handle));
        Reaper reaper = new(gpu);
        reaper.RunOnce();
        Assert.Equal(1, gpu.Device.ObjectCount);
        _time.Advance(TimeSpan.FromSeconds(1));
        reaper.RunOnce();
        Assert.Equal(0, gpu.Device.ObjectCount);
        Assert.True(gpu.Activity.ReapedPieces > 0);
    }

    [Fact]
    public void AClientThatIsSilentForItsLeaseIsReleasedWithAllThatItHeld()
    {
        using SimulatedGpu gpu = Gpu();
        GpuSession session = Open(gpu);
        session.Lease = TimeSpan.FromSeconds(5);
        Ok(session.Create(new ObjectRequest(1 << 20), out uint handle));
        Ok(session.Pin(handle));
        LeaseKeeper keeper = new(gpu);
        _time.Advance(TimeSpan.FromSeconds(4));
        session.Touch();
        _time.Advance(TimeSpan.FromSeconds(4));
        keeper.RunOnce();
        Assert.False(session.IsReleased);
        session.BeginHold();
        _time.Advance(TimeSpan.FromSeconds(60));
        keeper.RunOnce();
        Assert.False(session.IsReleased);
        session.EndHold(0);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        keeper.RunOnce();
        Assert.True(session.IsReleased);
        Assert.Equal(0, gpu.Device.ObjectCount);
        Assert.Equal(SessionErrorKind.Gone, session.Create(new ObjectRequest(1), out _)!.Kind);
    }

    [Fact]
    public void TheDefragmenterClosesHolesFromAbove()
    {
        using SimulatedGpu gpu = Gpu(static options => (options.DefragmentBytes, options.LowWatermarkPercent) = (ByteCount.MiB(2), 0));
        GpuSession session = Open(gpu);
        uint[] handles = new uint[16];
        for (int i = 0; i < 16; i++)
        {
            Ok(session.Create(new ObjectRequest(1 << 20, $"{i}", "vram"), out handles[i]));
        }

        for (int i = 0; i < 16; i += 2)
        {
            Ok(session.Destroy(handles[i]));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        gpu.Driver.Pump(); // Nobody turns the clock while somebody waits.
        byte[] content = [1, 2, 3, 4];
        Ok(session.WriteObject(handles[15], 0, content));
        Defragmenter defragmenter = new(gpu);
        for (int i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            gpu.Driver.Pump();
            defragmenter.RunOnce();
            Assert.True(gpu.Activity.DefragmentedBytes <= (i + 1) * (2 << 20));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        gpu.Driver.Pump();
        Ok(session.Create(new ObjectRequest(8 << 20, "large", "vram-contiguous"), out _));
        Assert.Equal(0, gpu.Device.Statistics.Evictions);
        byte[] back = new byte[4];
        Ok(session.ReadObject(handles[15], 0, back));
        Assert.Equal(content, back);
        Assert.Empty(gpu.Device.Validate());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ADeadWorkerTurnsHealthRedAndMayStopTheHost(bool stops)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddGpuMm(options => (options.StopHostWhenAWorkerFails, options.WorkerSilenceLimit) = (stops, TimeSpan.FromHours(1))).AddGpu("gpu0", Small);
        builder.Services.AddHealthChecks().AddGpuMm();
        using IHost host = builder.Build();
        IGpuMmProvider provider = host.Services.GetRequiredService<IGpuMmProvider>();
        await host.StartAsync(cancel);
        HealthCheckService health = host.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(cancel)).Status);

        // The planted fault: the reaper meets a device without managers.
        provider.GetGpu("gpu0").Device.Dispose();
        WorkerHost workers = host.Services.GetRequiredService<WorkerHost>();
        while (workers.States.All(static state => state.Failure is null))
        {
            await Task.Delay(10, cancel);
        }

        HealthReport report = await health.CheckHealthAsync(static check => check.Name == "gpumm-live", cancel);
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Contains("died", report.Entries["gpumm-live"].Description, StringComparison.Ordinal);
        if (stops)
        {
            await host.WaitForShutdownAsync(cancel);
            Environment.ExitCode = 0;
        }
        else
        {
            Assert.False(host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
            await host.StopAsync(cancel);
        }
    }

    [Fact]
    public async Task StoppingWaitsForQueuedWorkAndGivesUpAtTheLimit()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        foreach ((long jobNs, bool isInTime) in ((long, bool)[])[(30_000_000, true), (3_600_000_000_000, false)])
        {
            HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
            builder.Services.AddGpuMm(static options => options.DrainTimeout = TimeSpan.FromMilliseconds(500)).AddGpu("gpu0", Small);
            using IHost host = builder.Build();
            await host.StartAsync(cancel);
            RealTimeDriver driver = host.Services.GetRequiredService<IBufferObjectManager>().Driver;
            long start = driver.ClockNs; // Before the job begins: it ends at least its length later.
            Fence fence = driver.SubmitRender(0, jobNs);
            await host.StopAsync(cancel);
            Assert.True(fence.IsSignaled);
            Assert.Equal(isInTime, driver.ClockNs - start >= jobNs);
        }
    }

    [Fact]
    public void BehindALargeCopyTheNextTakesLonger()
    {
        MachineProfile machine = MachineProfile.Find("pcie3x16")!;
        LinkModel link = new() { Name = "l", LatencyNs = 100, BytesPerSecond = 1_000_000_000, Cold = new ColdStart(1_000_000, 1 << 20) };
        using RealTimeDriver driver = new(machine with { Link = link }, _time, speed: 1);
        using GpuDevice device = new(new GpuDeviceOptions { VramBytes = 8 << 20, ApertureBytes = 8 << 20, SystemBytes = 16 << 20 }, driver);
        ulong copies = 0;
        foreach ((ulong sizeBytes, long coldNs) in ((ulong, long)[])[(1 << 20, 0), (4096, 1_000_000), (4096, 3_906)])
        {
            OperationContext context = default;
            Assert.Equal(MmStatus.Ok, device.TryCreate(new BufferObjectDescription(sizeBytes, "texture"), Placement.Gtt, ref context, out BufferObject? texture));
            long beforeNs = copies == 0 ? 0 : driver.Copy.CompletionNs(copies);
            texture!.Reserve();
            Assert.Equal(MmStatus.Ok, texture.Validate(Placement.Vram, ref context));
            texture.Unreserve();
            copies++;
            Assert.Equal(beforeNs + coldNs + 100 + (long)sizeBytes, driver.Copy.CompletionNs(copies));
        }

        _time.Advance(TimeSpan.FromSeconds(1)); // The device waits for its copies when it goes.
    }

    [Fact]
    public async Task DisposingOfADeviceWaitsForItsWorkWithoutHoldingAThread()
    {
        SimulatedGpu gpu = Gpu();
        Fence fence = gpu.Driver.SubmitRender(0, 5_000_000);
        Task disposal = gpu.DisposeAsync().AsTask();
        for (int i = 0; i < 5; i++)
        {
            Assert.False(disposal.IsCompleted);
            Assert.False(fence.IsSignaled);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.True(fence.IsSignaled);
        while (!disposal.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await disposal;
        await gpu.DisposeAsync(); // Nothing is left to wait for.
    }

    [Fact]
    public async Task TheHostsOwnPatienceEndsADrainToo()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(300));
        builder.Services.AddGpuMm(static options => options.DrainTimeout = TimeSpan.FromMinutes(5)).AddGpu("gpu0", Small);
        using IHost host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        Fence fence = host.Services.GetRequiredService<IBufferObjectManager>().Driver.SubmitRender(0, 600_000_000_000);
        await host.StopAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.True(fence.IsSignaled);
    }

    [Fact]
    public void RatesAndThrashingAreSeen()
    {
        using SimulatedGpu gpu = Gpu(static options => options.Speed = 0);
        DeviceSnapshotService view = new(gpu);
        GpuSession session = Open(gpu);
        uint[] handles = new uint[24];
        for (int i = 0; i < handles.Length; i++)
        {
            Ok(session.Create(new ObjectRequest(1 << 20, $"{i}", "vram"), out handles[i]));
        }

        for (int round = 0; round < 4; round++)
        {
            foreach (uint handle in handles)
            {
                Ok(session.Submit([new SubmitUse(handle)], 0, out _));
                _time.Advance(TimeSpan.FromMilliseconds(10));
                gpu.Driver.Pump();
                view.Sample();
            }
        }

        Assert.True(view.IsThrashing);
        RateSample latest = view.Snapshot().Latest;
        Assert.True(latest.Evictions > 0);
        Assert.InRange(latest.SpanNs, 50_000_000, 100_000_000);
        _time.Advance(TimeSpan.FromSeconds(10));
        view.Sample();
        Assert.False(view.IsThrashing);
    }

    private static void Small(SimulatedGpuOptions options) => (options.Vram, options.Aperture, options.System) = (ByteCount.MiB(16), ByteCount.MiB(64), ByteCount.MiB(64));

    // Nothing of video memory is free, so there is no gift: what may be moved grows with time alone.
    [Fact]
    public void JobsMoveNoMoreThanTheirRateAndUseTheRestWhereItIs()
    {
        using SimulatedGpu gpu = Gpu(static options => (options.MovePerSecond, options.Speed) = (ByteCount.MiB(1), 0));
        GpuSession session = Open(gpu);
        Ok(session.Create(new ObjectRequest(1 << 20, "waits", "vram"), out uint handle));
        for (int i = 0; i < 16; i++)
        {
            Ok(session.Create(new ObjectRequest(1 << 20, $"{i}", "vram"), out _)); // The last one evicts the first.
        }

        Ok(session.Submit([new SubmitUse(handle)], 1_000, out _));
        Assert.Equal(1, gpu.Throttle!.KeptCount);
        Assert.Equal(0, gpu.Device.Statistics.Moves(MemoryDomain.Gtt, MemoryDomain.Vram));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Ok(session.Submit([new SubmitUse(handle)], 1_000, out _));
        Assert.Equal(1, gpu.Throttle.KeptCount);
        Assert.Equal(1, gpu.Device.Statistics.Moves(MemoryDomain.Gtt, MemoryDomain.Vram));
    }

    private static ulong Free(SimulatedGpu gpu) => gpu.Options.Vram.Bytes - gpu.Device.Manager(MemoryDomain.Vram).UsedBytes;

    private static void Ok(SessionError? error) => Assert.Null(error);

    private static GpuSession Open(SimulatedGpu gpu)
    {
        Ok(gpu.TryOpenSession("test", default, out GpuSession? session));
        return session!;
    }

    private SimulatedGpu Gpu(Action<SimulatedGpuOptions>? configure = null)
    {
        SimulatedGpuOptions options = new();
        Small(options);
        configure?.Invoke(options);
        return new SimulatedGpu("gpu0", options, _time);
    }
}
