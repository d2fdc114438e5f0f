using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.RenderLoop;
using Xunit;

namespace GpuMm.SimulationTests;

public sealed class DemoTests
{
    private static readonly DemoOptions s_sponza = DemoOptions.For(SceneDescription.Find("sponza")!) with { Frames = 200 };

    [Theory]
    [InlineData("sponza")]
    [InlineData("bistro")]
    public void TheSameSeedGivesTheSameRunAndAnotherSeedAnother(string name)
    {
        DemoOptions options = DemoOptions.For(SceneDescription.Find(name)!) with { Frames = 150, Backing = BackingKind.PageHeads };
        DemoSummary first = Run(options);
        Assert.Equal(first, Run(options));
        Assert.NotEqual(first, Run(options with { Seed = 2 }));
    }

    [Fact]
    public void TimesAndMovesDoNotDependOnHowMuchOfTheContentsIsKept()
    {
        DemoSummary bytes = Run(s_sponza);
        DemoSummary heads = Run(s_sponza with { Backing = BackingKind.PageHeads });
        Assert.NotEqual(bytes.Checksum, heads.Checksum);
        Assert.Equal(bytes with { Checksum = 0 }, heads with { Checksum = 0 });
    }

    [Fact]
    public void TheDefaultRunMigrates()
    {
        DemoSummary summary = Run(s_sponza);
        Assert.True(summary.Evictions > 10);
        Assert.True(summary.Faults > 1_000);
        Assert.True(summary.FromVramBytes > 0);
        Assert.True(summary.ToVramBytes > summary.FromVramBytes);
        Assert.True(summary.StutterFrames > 0);
        Assert.InRange(summary.VramPeakBytes, 1ul, summary.VramBytes);
        Assert.True(summary.FrameP50Ns <= summary.FrameP95Ns && summary.FrameP95Ns <= summary.FrameP99Ns && summary.FrameP99Ns <= summary.FrameMaxNs);
    }

    [Fact]
    public void WithRoomForEverythingNothingIsEvicted()
    {
        DemoSummary summary = Run(s_sponza with { VramBytes = 256ul << 20, Backing = BackingKind.PageHeads });
        Assert.Equal(0, summary.Evictions);
        Assert.Equal(0, summary.FromVramBytes);
    }

    [Fact]
    public void TheSmallestVramThatIsAllowedStillWorks()
    {
        Scene scene = SceneLoader.Load(s_sponza.Scene, 1);
        ulong smallest = (scene.LargestTextureBytes + (1ul << 20) - 1) >> 20 << 20;
        DemoSummary summary = Run(s_sponza with { VramBytes = smallest, ApertureBytes = smallest, Backing = BackingKind.PageHeads });
        Assert.True(summary.Jobs > summary.Frames); // Frames had to be split.
    }

    [Fact]
    public void AfterEveryFrameTheDeviceIsValid()
    {
        Scene scene = SceneLoader.Load(s_sponza.Scene, 3);
        using DemoRun run = new(scene, s_sponza with { Frames = 60, VramBytes = 32ul << 20, ApertureBytes = 16ul << 20, Backing = BackingKind.PageHeads, Seed = 3 });
        while (run.Frame < 60)
        {
            run.DrawFrame();
            Assert.Empty(run.Device.Validate());
        }
    }

    [Fact]
    public void AByteThatIsWrongFailsTheRun()
    {
        Scene scene = SceneLoader.Load(s_sponza.Scene, 1);
        using DemoRun run = new(scene, s_sponza with { Frames = 20, Backing = BackingKind.PageHeads });
        while (run.Frame < 20)
        {
            run.DrawFrame();
        }

        BufferObject victim = run.Device.Snapshot()[3];
        run.Device.Memory.Write(victim.FrameAt(1, out _), 0, [0xEE]);
        DemoFailedException failure = Assert.Throws<DemoFailedException>(() => run.Finish());
        Assert.Contains(victim.Name, failure.Message, StringComparison.Ordinal);
        Assert.Contains("wrong bytes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheTextureListsAreTheOnesThatWereMeasured()
    {
        Scene sponza = SceneLoader.Load(SceneDescription.Find("sponza")!, 1);
        Scene bistro = SceneLoader.Load(SceneDescription.Find("bistro")!, 1);
        Assert.Equal(44, sponza.Textures.Count);
        Assert.Equal(390, bistro.Textures.Count);

        // A compressed texture is its DDS file without the 148 bytes of header, rounded up to pages.
        SceneTexture ground = bistro.Textures.Single(static t => t.Name.EndsWith("forest_ground_diff.dds", StringComparison.Ordinal));
        Assert.Equal((1398276ul - 148 + 4095) / 4096 * 4096, ground.SizeBytes);
    }

    [Theory]
    [InlineData("a,b\n", "line 2")]
    [InlineData("x.tga,1,2,3,1,TGA99,1\n", "TGA99")]
    [InlineData("x.tga,1,two,3,1,TGA24,1\n", "line 2")]
    [InlineData("x.tga,1,0,3,1,TGA24,1\n", "out of range")]
    [InlineData("x.tga,1,2,3,99,TGA24,1\n", "out of range")]
    public void AMalformedTextureListSaysWhere(string line, string expected)
    {
        FormatException problem = Assert.Throws<FormatException>(() => SceneLoader.Parse(new StringReader("header\n" + line), out _));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ProgressIsToldOncePerFrame()
    {
        List<int> frames = [];
        Scene scene = SceneLoader.Load(s_sponza.Scene, 1);
        DemoRun.Run(scene, s_sponza with { Frames = 5, Backing = BackingKind.PageHeads }, progress => frames.Add(progress.Frame));
        Assert.Equal([1, 2, 3, 4, 5], frames);
    }

    private static DemoSummary Run(DemoOptions options) => DemoRun.Run(SceneLoader.Load(options.Scene, options.Seed), options).Summary;
}
