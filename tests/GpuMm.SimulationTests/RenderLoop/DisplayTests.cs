using System;
using GpuMm.Primitives;
using GpuMm.RenderLoop.Frames;
using Xunit;

namespace GpuMm.SimulationTests.RenderLoop;

public sealed class DisplayTests(ITestOutputHelper output)
{
    private const long BeatNs = 16_666_666;

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(2, BeatNs)]
    [InlineData(3, BeatNs)]
    public void NoFrameIsSeenBeforeItsFenceNorTwoOnOneBeat(int images, long beatNs)
    {
        ulong seed = 0x5EED + (ulong)images;
        output.WriteLine($"seed 0x{seed:x}");
        Prng prng = new(seed);
        Display display = new(images, beatNs);
        SimTime done = SimTime.Zero;
        SimTime before = SimTime.Zero;
        for (int frame = 0; frame < 2_000; frame++)
        {
            done += new SimTime(1 + prng.Below(40_000_000));
            SimTime free = display.ImageFree(frame);
            SimTime shown = display.Show(SimTime.Max(done, free));
            Assert.True(shown >= done && shown >= free);
            Assert.True(frame == 0 || shown > before);
            Assert.Equal(0, beatNs == 0 ? 0 : shown.Nanoseconds % beatNs);

            // As soon as possible: not a beat later than it could be.
            Assert.True(beatNs == 0 ? shown == SimTime.Max(done, free) : shown.Nanoseconds - Math.Max(done.Nanoseconds, before.Nanoseconds) <= beatNs);
            before = shown;
            done = SimTime.Max(done, free);
        }
    }

    [Fact]
    public void WithTwoImagesALateFrameCostsAWholeBeatAndWithThreeItDoesNot()
    {
        // Each frame takes 1.2 beats on the GPU.
        Assert.Equal(2 * BeatNs, LastInterval(2));
        Assert.InRange(Average(3), BeatNs, (long)(1.3 * BeatNs));

        static long Average(int images) => Run(images, out _) / 100;

        static long LastInterval(int images)
        {
            Run(images, out long last);
            return last;
        }

        static long Run(int images, out long last)
        {
            Display display = new(images, BeatNs);
            SimTime done = SimTime.Zero;
            last = 0;
            for (int frame = 0; frame < 100; frame++)
            {
                SimTime before = display.LastShown;
                done = SimTime.Max(done, display.ImageFree(frame)) + new SimTime(BeatNs * 12 / 10);
                last = (display.Show(done) - before).Nanoseconds;
            }

            return display.LastShown.Nanoseconds;
        }
    }

    [Fact]
    public void AnImageIsFreeWhenItsSuccessorIsSeen()
    {
        Display display = new(2, 0);
        Assert.Equal(SimTime.Zero, display.ImageFree(0));
        display.Show(new SimTime(10));
        display.Show(new SimTime(25));
        Assert.Equal(new SimTime(25), display.ImageFree(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => display.ImageFree(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Display(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Display(4, 0));
    }
}
