using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GpuMm.Backing;
using GpuMm.RenderLoop;
using GpuMm.RenderLoop.Frames;
using GpuMm.RenderLoop.Matrix;
using GpuMm.Simulation;
using Xunit;

namespace GpuMm.SimulationTests.RenderLoop;

public sealed class MatrixTests
{
    private const ulong MiB = 1ul << 20;
    private const ulong GiB = 1ul << 30;

    private static readonly DemoOptions s_options =
        DemoOptions.For(SceneDescription.Find("sponza")!) with { Frames = 120, Backing = BackingKind.PageHeads };

    [Fact]
    public void EachCellOfAMatrixIsTheSingleRun()
    {
        Scene scene = SceneLoader.Load(s_options.Scene, s_options.Seed);
        MatrixAxes axes = Axes([48 * MiB, 96 * MiB], [Link("agp4x"), Link("pcie3x8")], [32 * MiB, DemoOptions.MaxMemoryBytes], ["lru"]);
        List<MatrixProgress> progress = [];
        MatrixRunner runner = new(scene, s_options, axes, progress.Add);
        Assert.Null(runner.Problem());
        IReadOnlyList<MatrixSeries> series = runner.Run(refine: false, CancellationToken.None);
        Assert.Equal(["agp4x, BAR 32 MiB", "agp4x, BAR all", "pcie3x8, BAR 32 MiB", "pcie3x8, BAR all"], series.Select(static line => line.Name));
        Assert.Equal(Enumerable.Range(1, 8), progress.Select(static each => each.Done));
        foreach (MatrixSeries line in series)
        {
            foreach (MatrixCell cell in line.Cells)
            {
                DemoOptions single = s_options with
                {
                    VramBytes = cell.VramBytes,
                    Machine = s_options.Machine with { Link = line.Point.Link.Link! },
                    BarBytes = line.Point.BarBytes,
                };
                DemoReport report = DemoRun.Run(scene, single);
                Assert.Equal(report.Summary, cell.Summary);
                Assert.Equal(report.Hash, cell.Hash);
            }
        }

        // What varies makes a difference: no two cells of different links are the same run.
        Assert.Equal(8, series.SelectMany(static line => line.Cells).Select(static cell => cell.Hash).Distinct().Count());
    }

    [Fact]
    public void TheKneeIsSoughtBetweenTheSizesAndEndsWithinASixteenthOfTheGap()
    {
        Scene scene = SceneLoader.Load(s_options.Scene, s_options.Seed);
        MatrixAxes axes = Axes([32 * MiB, 192 * MiB], [new LinkChoice("own", null)], [null], ["lru"]);
        MatrixSeries line = new MatrixRunner(scene, s_options, axes).Run(refine: true, CancellationToken.None).Single();
        Assert.InRange(line.Cells.Count, 4, 8);
        Assert.Equal(line.Cells.OrderBy(static cell => cell.VramBytes), line.Cells);
        Assert.Equal(2, line.Cells.Count(static cell => !cell.IsRefinement));
        Assert.InRange(line.Knee.VramBytes - line.Knee.BelowBytes!.Value, 1ul, 20 * MiB);
        Assert.True(Knee.IsGood(line.Cells.First(cell => cell.VramBytes == line.Knee.VramBytes), line.Cells[^1]));
        Assert.False(Knee.IsGood(line.Cells.First(cell => cell.VramBytes == line.Knee.BelowBytes), line.Cells[^1]));
    }

    [Fact]
    public void TheSentenceNamesTheKneeAndWhatTooLittleCosts()
    {
        MatrixCell[] cells =
        [
            Cell(4 * GiB, 25, 31_000_000, FrameCause.Upload, 22_000_000),
            Cell(5 * GiB, 3, 18_000_000, FrameCause.Upload, 9_000_000),
            Cell((5 * GiB) + (GiB / 2), 0, 12_000_000, FrameCause.Upload, 2_000_000),
            Cell(6 * GiB, 0, 9_000_000, FrameCause.Upload, 0),
            Cell(8 * GiB, 0, 9_000_000, FrameCause.Upload, 0),
        ];
        Knee knee = Knee.Of(cells);
        Assert.Equal("no stutter from 5.5 GiB up; at 4 GiB p99 is 31 ms, of which 22 ms wait for uploads", knee.Sentence);
        Assert.Equal(((5 * GiB) + (GiB / 2), 5 * GiB, true), (knee.VramBytes, knee.BelowBytes, knee.IsStutterFree));
    }

    [Fact]
    public void ASizeThatIsGoodByChanceBelowABadOneIsNoKnee()
    {
        MatrixCell[] cells = [Cell(GiB, 0, 9_000_000), Cell(2 * GiB, 4, 20_000_000), Cell(3 * GiB, 0, 9_000_000)];
        Assert.Equal((3 * GiB, 2 * GiB), (Knee.Of(cells).VramBytes, Knee.Of(cells).BelowBytes));
    }

    [Fact]
    public void StuttersThatNoMemoryRemovesAreToldAsSuch()
    {
        MatrixCell[] cells =
        [
            Cell(GiB, 40, 45_000_000, FrameCause.LinkRead, 30_000_000),
            Cell(2 * GiB, 2, 15_200_000, FrameCause.CpuWrite, 4_000_000),
            Cell(3 * GiB, 2, 15_000_000, FrameCause.CpuWrite, 4_000_000),
        ];
        Assert.Equal(
            "from 2 GiB up more does not help: 2 stutters remain, p99 is 15 ms, of which 4.0 ms are CPU writes of new or changed textures; " +
            "at 1 GiB p99 is 45 ms, of which 30 ms read textures over the link",
            Knee.Of(cells).Sentence);
        Assert.Equal("still 40 stutters at 1 GiB, the largest size tried: p99 is 45 ms, of which 30 ms read textures over the link; at 512 MiB p99 is 60 ms",
            Knee.Of([Cell(GiB / 2, 50, 60_000_000), cells[0]]).Sentence);
        Assert.Equal("no stutter at any size from 1 GiB up; p99 is 9.0 ms", Knee.Of([Cell(GiB, 0, 9_000_000), Cell(2 * GiB, 0, 9_000_000)]).Sentence);
    }

    [Fact]
    public void ABadCellIsFoundBeforeAnythingRuns()
    {
        Scene scene = SceneLoader.Load(s_options.Scene, s_options.Seed);
        string? problem = new MatrixRunner(scene, s_options, Axes([MiB, 96 * MiB], [Link("agp8x")], [null], ["lru"])).Problem();
        Assert.Contains("--vram 1 MiB", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void AMatrixCanBeStopped()
    {
        Scene scene = SceneLoader.Load(s_options.Scene, s_options.Seed);
        using CancellationTokenSource stop = new();
        MatrixRunner runner = new(scene, s_options, Axes([32 * MiB, 48 * MiB, 64 * MiB, 96 * MiB], [Link("agp8x")], [null], ["lru"]), _ => stop.Cancel());
        Assert.ThrowsAny<OperationCanceledException>(() => runner.Run(refine: false, stop.Token));
    }

    private static MatrixAxes Axes(ulong[] vram, LinkChoice[] links, ulong?[] bars, string[] policies) =>
        new() { VramBytes = vram, Links = links, BarBytes = bars, Policies = policies };

    private static LinkChoice Link(string name) => new(name, LinkModels.TryGet(name, out LinkModel? link) ? link : null);

    private static MatrixCell Cell(ulong vramBytes, int stutters, long p99Ns, FrameCause cause = FrameCause.Upload, long causeNs = 0) => new(
        vramBytes, false, s_blank with { VramBytes = vramBytes, StutterFrames = stutters, FrameP99Ns = p99Ns },
        [new CauseTotal(FrameCause.GpuWork, 1, p99Ns - causeNs, 0), new CauseTotal(cause, causeNs, causeNs, 0)], false, 0);

    private static readonly DemoSummary s_blank = new()
    {
        VramBytes = 0,
        Frames = 0,
        SimulatedNs = 0,
        FrameP50Ns = 0,
        FrameP95Ns = 0,
        FrameP99Ns = 0,
        FrameMaxNs = 0,
        StutterFrames = 0,
        ToVramBytes = 0,
        FromVramBytes = 0,
        CpuWrittenBytes = 0,
        LinkReadBytes = 0,
        Faults = 0,
        FaultRetries = 0,
        Evictions = 0,
        ZappedPtes = 0,
        VramPeakBytes = 0,
        Jobs = 0,
        TexturesLoaded = 0,
        TexturesTotal = 0,
        VerifiedBytes = 0,
    };
}
