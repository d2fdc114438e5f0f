using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using GpuMm.Hosting.Diagnostics;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Options;
using GpuMm.Hosting.Sessions;
using GpuMm.Hosting.State;
using GpuMm.Hosting.Workers;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.HostingTests;

/// <summary>What tracing tools are told.</summary>
public sealed class SpanTests : IDisposable
{
    private readonly string _device = $"spans-{Guid.NewGuid():n}"[..20]; // Other tests' devices are heard too.
    private readonly List<Activity> _heard = [];
    private readonly ActivityListener _listener;

    public SpanTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == GpuMmDiagnostics.ActivitySourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("gpumm.device") as string == _device)
                {
                    _heard.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void AnOperationTellsWhatItMovedAndWhomItEvicted()
    {
        using SimulatedGpu gpu = Gpu(static options => options.Speed = 0.01); // A copy of 1 MiB takes 7 ms.
        GpuSession session = Open(gpu);
        uint[] handles = Fill(session, 16);
        Assert.All(_heard, each => Assert.Equal(GpuMmDiagnostics.CreateActivity, each.OperationName));
        Assert.Equal(16, _heard.Count);
        _heard.Clear();
        Assert.Null(session.Create(new ObjectRequest(1 << 20, "late", "vram"), out _));
        Activity create = _heard.Single(static each => each.OperationName == GpuMmDiagnostics.CreateActivity);
        Activity evict = _heard.Single(static each => each.OperationName == GpuMmDiagnostics.EvictActivity);
        Activity migrate = _heard.First(static each => each.OperationName == GpuMmDiagnostics.MigrateActivity);
        Assert.Equal(create.SpanId, evict.ParentSpanId);
        Assert.Equal(create.SpanId, migrate.ParentSpanId);
        Assert.Equal(((long)session.Id, 1L << 20), ((long)create.GetTagItem("gpumm.client")!, (long)create.GetTagItem("gpumm.bytes")!));
        Assert.Equal(("vram", "gtt"), (migrate.GetTagItem("gpumm.move.from"), migrate.GetTagItem("gpumm.move.to")));
        Assert.Equal("Eviction", migrate.GetTagItem("gpumm.cause"));
        Assert.InRange(migrate.Duration, TimeSpan.FromMicroseconds(20), TimeSpan.FromSeconds(10)); // 1 MiB over the link
        _heard.Clear();

        Rest(gpu);
        Assert.Null(session.Submit([new SubmitUse(handles[0])], 1000, out _));
        Activity submit = _heard.Single(static each => each.OperationName == GpuMmDiagnostics.SubmitActivity);
        Assert.Equal(1L, submit.GetTagItem("gpumm.objects"));
        Assert.Contains(_heard, each => each.OperationName == GpuMmDiagnostics.MigrateActivity && each.ParentSpanId == submit.SpanId && (string)each.GetTagItem("gpumm.move.to")! == "vram");
    }

    [Fact]
    public void ARefusalIsAnErrorWithItsSentence()
    {
        using SimulatedGpu gpu = Gpu();
        GpuSession session = Open(gpu);
        Assert.Null(session.Create(new ObjectRequest(32 << 20, "large", "gtt"), out uint handle));
        SessionError refused = session.Place(handle, "vram")!;
        Activity validate = _heard.Single(static each => each.OperationName == GpuMmDiagnostics.ValidateActivity);
        Assert.Equal((ActivityStatusCode.Error, refused.Message), (validate.Status, validate.StatusDescription));
        SessionError created = session.Create(new ObjectRequest(32 << 20, "large", "vram"), out _)!;
        Assert.Contains(_heard, each => each.OperationName == GpuMmDiagnostics.CreateActivity && each.StatusDescription == created.Message);
    }

    [Fact]
    public void AnAccessIsToldOnlyWhenItMovedSomething()
    {
        using SimulatedGpu gpu = Gpu(static options => options.VisibleVram = ByteCount.MiB(1));
        GpuSession session = Open(gpu);
        Assert.Null(session.Create(new ObjectRequest(4096, "system", "system"), out uint here));
        Assert.Null(session.Create(new ObjectRequest(2 << 20, "hidden", "vram"), out uint hidden));
        _heard.Clear();
        Assert.Null(session.WriteObject(here, 0, "bytes"u8));
        Assert.Empty(_heard);
        Assert.Null(session.WriteObject(hidden, 0, "bytes"u8)); // The CPU cannot see where it is: the fault moves it.
        Activity access = _heard.Single(static each => each.OperationName == GpuMmDiagnostics.AccessActivity);
        Assert.Contains(_heard, each => each.OperationName == GpuMmDiagnostics.MigrateActivity && each.ParentSpanId == access.SpanId);
    }

    [Fact]
    public void WorkersAndSnapshotsAreToldAndManyMovesAreCounted()
    {
        using Folder folder = new();
        using SimulatedGpu gpu = Gpu(static options => (options.LowWatermarkPercent, options.HighWatermarkPercent) = (40, 50));
        using DeviceState state = new(gpu, folder.Path);
        GpuSession session = Open(gpu);
        for (int i = 0; i < 1024; i++)
        {
            Assert.Null(session.Create(new ObjectRequest(16 << 10, $"{i}", "vram"), out _));
        }

        Rest(gpu);
        _heard.Clear();
        new Reclaimer(gpu).RunOnce();
        Activity reclaim = _heard.Single(static each => each.OperationName == GpuMmDiagnostics.ReclaimActivity);
        long moved = (long)reclaim.GetTagItem("gpumm.bytes")! / (16 << 10);
        Assert.Equal(512, moved);
        Assert.Equal(GpuMmDiagnostics.MaxInnerSpans, _heard.Count - 1);
        Assert.Equal(2 * moved, _heard.Count - 1 + (long)reclaim.GetTagItem("gpumm.spans.left_out")!); // An eviction and a move each.
        _heard.Clear();
        state.Snapshot();
        Assert.Equal(GpuMmDiagnostics.SnapshotActivity, Assert.Single(_heard).OperationName);
    }

    [Fact]
    public void WhatNobodyHearsAllocatesNothing()
    {
        using SimulatedGpu gpu = Gpu();
        _listener.Dispose();
        for (int i = 0; i < 2; i++)
        {
            ManagedBytes bytes = ManagedBytes.Count();
            using (GpuSpan? span = GpuSpan.Begin(GpuMmDiagnostics.SubmitActivity, gpu))
            {
                Assert.Null(span);
            }

            long allocated = bytes.Allocated;
            Assert.True(i == 0 || allocated == 0, $"{allocated} bytes"); // The first one makes what there is once in a process.
        }
    }

    private static GpuSession Open(SimulatedGpu gpu)
    {
        Assert.Null(gpu.TryOpenSession("test", default, out GpuSession? session));
        return session!;
    }

    private static void Rest(SimulatedGpu gpu)
    {
        Assert.True(SpinWait.SpinUntil(() => gpu.Driver.PendingCount == 0, TimeSpan.FromMinutes(5)));
        gpu.Driver.Pump();
    }

    private static uint[] Fill(GpuSession session, int count)
    {
        uint[] handles = new uint[count];
        for (int i = 0; i < count; i++)
        {
            Assert.Null(session.Create(new ObjectRequest(1 << 20, $"{i}", "vram"), out handles[i]));
        }

        return handles;
    }

    private SimulatedGpu Gpu(Action<SimulatedGpuOptions>? configure = null)
    {
        SimulatedGpuOptions options = new() { Vram = ByteCount.MiB(16), Aperture = ByteCount.MiB(64), System = ByteCount.MiB(64) };
        configure?.Invoke(options);
        return new SimulatedGpu(_device, options);
    }
}
