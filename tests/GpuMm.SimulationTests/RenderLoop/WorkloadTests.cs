using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.RenderLoop;
using GpuMm.RenderLoop.Frames;
using GpuMm.RenderLoop.Pictures;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.SimulationTests.RenderLoop;

public sealed class WorkloadTests(ITestOutputHelper output)
{
    private static readonly DemoOptions s_sponza =
        DemoOptions.For(SceneDescription.Find("sponza")!) with { Frames = 240, Backing = BackingKind.PageHeads };

    public static TheoryData<WorkloadKind, UploadPath, int, bool, int> Ways => new()
    {
        { WorkloadKind.FlyThrough, UploadPath.Mapping, 2, false, 0 },
        { WorkloadKind.FlyThrough, UploadPath.Staging, 2, false, 0 },
        { WorkloadKind.FlyThrough, UploadPath.Mapping, 3, false, 48 },
        { WorkloadKind.FlyThrough, UploadPath.Staging, 3, true, 48 },
        { WorkloadKind.FlyThrough, UploadPath.Mapping, 2, true, 0 },
        { WorkloadKind.LevelLoad, UploadPath.Mapping, 2, false, 0 },
        { WorkloadKind.LevelLoad, UploadPath.Staging, 3, true, 0 },
        { WorkloadKind.AltTab, UploadPath.Mapping, 2, false, 0 },
        { WorkloadKind.AltTab, UploadPath.Staging, 3, true, 0 },
        { WorkloadKind.Thrash, UploadPath.Mapping, 2, false, 0 },
        { WorkloadKind.Thrash, UploadPath.Mapping, 3, true, 0 },
        { WorkloadKind.Video, UploadPath.Mapping, 2, false, 0 },
        { WorkloadKind.Video, UploadPath.Mapping, 3, true, 48 },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void EveryNanosecondOfEveryFrameHasACause(WorkloadKind workload, UploadPath upload, int buffers, bool vsync, int streamMiB)
    {
        DemoReport report = Run(Options(workload, upload, buffers, vsync, streamMiB));
        Assert.Equal(240, report.Book.Count);
        for (int frame = 0; frame < report.Book.Count; frame++)
        {
            Assert.Equal(report.Book.FrameNs(frame), report.Book.CauseNs(frame).ToArray().Sum());
            Assert.Equal(0, report.Book.CauseNs(frame)[(int)FrameCause.Other]);
        }

        Assert.All(report.Stutters, stutter =>
        {
            Assert.Equal(stutter.FrameNs, stutter.Causes.Sum(static cause => cause.Nanoseconds));
            Assert.Equal(stutter.FrameNs - report.Book.StutterLimitNs, stutter.ExcessNs);

            // Without a beat the only reasons for being late are memory and others: what a frame takes anyway fits.
            Assert.True(vsync || stutter.MemoryNs + Other(stutter) >= stutter.ExcessNs);
        });
        output.WriteLine($"{report.Stutters.Count} stutters, hash {report.Hash:x16}");

        static long Other(Stutter stutter) => stutter.Causes.Where(static cause => cause.Cause == FrameCause.OtherClient).Sum(static cause => cause.Nanoseconds);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void TheSameOptionsGiveTheSameHash(WorkloadKind workload, UploadPath upload, int buffers, bool vsync, int streamMiB)
    {
        DemoOptions options = Options(workload, upload, buffers, vsync, streamMiB) with { Frames = 150 };
        ulong hash = Run(options).Hash;
        Assert.Equal(hash, Run(options).Hash);

        // A nanosecond more is seen, unless frames wait for a beat: then a frame has to miss it.
        long otherGpuNs = vsync ? 17_000_000 : 8_000_001;
        Assert.NotEqual(hash, Run(options with { Machine = options.Machine with { FrameGpuNs = otherGpuNs } }).Hash);
    }

    [Fact]
    public void TheHashIsTheSameInDebugAndRelease() =>
        Assert.Equal("a53c5b5f2372fed8", Run(s_sponza).Hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void ACircleLargerThanVramIsThrashingAndOneThatFitsIsNot()
    {
        DemoOptions options = s_sponza with { Workload = WorkloadKind.Thrash };
        ThrashFindings tight = Run(options).Thrash;
        Assert.True(tight.IsThrashing);
        Assert.True(tight.PingPongBytes > options.VramBytes);
        ThrashFindings roomy = Run(options with { VramBytes = 256ul << 20 }).Thrash;
        Assert.Equal(new ThrashFindings(false, 0, 0, 0), roomy);
    }

    [Fact]
    public void AfterAPulseTheGameRecoversAndWithRoomForBothItNeedNot()
    {
        DemoOptions options = s_sponza with { Workload = WorkloadKind.AltTab, Frames = 480, VramBytes = 64ul << 20 };
        DemoReport tight = Run(options);
        Assert.Equal((160, 240), (tight.Workload!.FirstFrame, tight.Workload.EndFrame));
        Assert.InRange(tight.Workload.RecoveryFrames, 1, 200);
        Assert.InRange(tight.Workload.RecoveryNs, 1_000_000, 5_000_000_000);
        Assert.Equal(2, tight.Clients.Count);
        Assert.Equal((398, 80), (tight.Clients[0].Frames, tight.Clients[1].Frames)); // 480, two of them loading screens.

        DemoReport roomy = Run(options with { VramBytes = 512ul << 20 });
        Assert.InRange(roomy.Workload!.RecoveryFrames, 0, 2); // A texture may come into view just then.
        Assert.Equal(0, roomy.Summary.Evictions);
        Assert.True(tight.Summary.StutterFrames > roomy.Summary.StutterFrames);
    }

    [Fact]
    public void ALevelIsLoadedBehindAScreenThatCountsNoStutter()
    {
        DemoReport report = Run(s_sponza with { Workload = WorkloadKind.LevelLoad });
        Assert.Equal(120, report.Workload!.FirstFrame);
        Assert.True(report.Workload.LoadedBytes > 40 << 20);
        Assert.Equal(report.Workload.DurationNs, report.Book.Sum(report.Workload.FirstFrame, report.Workload.EndFrame));
        for (int frame = report.Workload.FirstFrame; frame < report.Workload.EndFrame; frame++)
        {
            Assert.False(report.Book.IsCounted(frame));
        }

        Assert.Equal(report.Clients[0].Frames, report.Histogram.Counts.ToArray().Sum());
    }

    [Theory]
    [InlineData(WorkloadKind.FlyThrough)]
    [InlineData(WorkloadKind.Video)]
    [InlineData(WorkloadKind.AltTab)]
    public void WhatIsInSightAtTheStartLoadsBehindAScreenAndWithRoomNothingStutters(WorkloadKind workload)
    {
        DemoReport report = Run(s_sponza with { Workload = workload, Frames = 60, VramBytes = 512ul << 20 });
        int screens = Enumerable.Range(0, 60).TakeWhile(frame => !report.Book.IsCounted(frame)).Count();
        Assert.InRange(screens, 1, 4);
        Assert.All(Enumerable.Range(screens, workload == WorkloadKind.AltTab ? 20 - screens : 60 - screens), frame =>
        {
            Assert.True(report.Book.IsCounted(frame));
            Assert.True(report.Book.FrameNs(frame) <= report.Book.StutterLimitNs);
        });
    }

    [Fact]
    public void AFilmIsInTimeWhenThereIsRoomAndLateWhenThereIsNot()
    {
        DemoOptions options = s_sponza with { Workload = WorkloadKind.Video };
        DemoReport roomy = Run(options with { VramBytes = 512ul << 20 });
        DemoReport tight = Run(options with { VramBytes = 48ul << 20 });
        output.WriteLine($"{roomy.Workload} {tight.Workload}");
        Assert.True(roomy.Workload!.PicturesShown > 40);
        Assert.Equal(0, roomy.Workload.PicturesLate);
        Assert.True(tight.Workload!.PicturesLate > 0);
    }

    [Fact]
    public void StreamingKeepsToItsBudgetAndNeedsLess()
    {
        DemoOptions options = s_sponza with { StreamBudgetBytes = 32ul << 20 };
        Scene scene = SceneLoader.Load(options.Scene, options.Seed);
        using DemoRun run = new(scene, options);
        ulong most = 0;
        while (!run.IsOver)
        {
            run.DrawFrame();
            SceneLook look = run.Look();
            ulong loaded = look.Parts.Aggregate(0ul, static (sum, part) => sum + part.SizeBytes) - look.BytesIn(null);
            Assert.True(loaded <= options.StreamBudgetBytes);
            most = Math.Max(most, loaded);
            Assert.Empty(run.Device.Validate());
        }

        DemoReport report = run.Finish();
        Assert.True(most > options.StreamBudgetBytes / 2);
        Assert.True(report.Streaming!.DroppedLevels > 0);
        Assert.True(report.Summary.StutterFrames < Run(s_sponza).Summary.StutterFrames);
    }

    [Fact]
    public void ThreeImagesAreNeverWorseAndAFrameIsNeverSeenBeforeItsFence()
    {
        DemoReport two = Run(s_sponza with { Vsync = true });
        DemoReport three = Run(s_sponza with { Vsync = true, Buffers = 3 });
        Assert.True(three.Summary.StutterFrames <= two.Summary.StutterFrames);
        foreach (DemoReport report in (DemoReport[])[two, three])
        {
            for (int frame = 1; frame < report.Book.Count; frame++)
            {
                // Whole beats only, at least one: never two frames on one beat, and the wait for it is never negative.
                Assert.Equal(0, report.Book.FrameNs(frame) % (1_000_000_000 / 60));
                Assert.InRange(report.Book.FrameNs(frame), 1_000_000_000 / 60, long.MaxValue);
                Assert.InRange(report.Book.CauseNs(frame)[(int)FrameCause.Beat], 0, 1_000_000_000 / 60);
            }
        }
    }

    [Fact]
    public void CopiesOfTheListMakeALargerSceneOfTheSameTextures()
    {
        SceneDescription description = SceneDescription.Find("bistro")!;
        Scene once = SceneLoader.Load(description, 1);
        Scene thrice = SceneLoader.Load(description, 1, 3);
        Assert.Equal((3 * once.Textures.Count, 3 * once.MaterialCount, 3 * once.TotalBytes), (thrice.Textures.Count, thrice.MaterialCount, thrice.TotalBytes));
        Assert.Equal(thrice.Textures.Count, thrice.Textures.Select(static texture => texture.Name).Distinct().Count());
        Assert.Equal(once.Textures, thrice.Textures.Take(once.Textures.Count));
        Assert.Throws<ArgumentOutOfRangeException>(() => SceneLoader.Load(description, 1, SceneLoader.MaxScale + 1));
    }

    [Fact]
    public void ThePortHandsEveryCallOn()
    {
        Type port = typeof(DemoRun).Assembly.GetType("GpuMm.RenderLoop.Frames.AccountingDriver", throwOnError: true)!;
        IEnumerable<MethodInfo> calls = typeof(GpuDriver).GetMethods().Where(static method => method.IsVirtual && method.DeclaringType == typeof(GpuDriver));
        Assert.All(calls, call => Assert.Equal(port, port.GetMethod(call.Name, [.. call.GetParameters().Select(static parameter => parameter.ParameterType)])!.DeclaringType));
    }

    [Fact]
    public void InTheSteadyStateAFrameAllocatesNothing()
    {
        Scene scene = SceneLoader.Load(s_sponza.Scene, 1);
        int round = (int)(scene.Path.LengthMetres / scene.Description.MetresPerFrame);
        using DemoRun run = new(scene, s_sponza with { Frames = 5 * round });
        DrawTo(2 * round);

        // Lists of fences grow now and then, when more moves than ever are under way; that is not in every round.
        Assert.InRange(Enumerable.Range(3, 3).Min(end => DrawTo(end * round)), 0, 16 * round);

        long DrawTo(int frame)
        {
            ManagedBytes bytes = ManagedBytes.Count();
            while (run.Frame < frame)
            {
                run.DrawFrame();
            }

            return bytes.Allocated;
        }
    }

    private static DemoOptions Options(WorkloadKind workload, UploadPath upload, int buffers, bool vsync, int streamMiB) => s_sponza with
    {
        Workload = workload,
        Upload = upload,
        Buffers = buffers,
        Vsync = vsync,
        StreamBudgetBytes = streamMiB == 0 ? null : (ulong)streamMiB << 20,
    };

    private static DemoReport Run(DemoOptions options) => DemoRun.Run(SceneLoader.Load(options.Scene, options.Seed), options);
}
