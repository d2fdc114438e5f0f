using System;
using System.Diagnostics;
using System.Globalization;
using GpuMm.Backing;
using GpuMm.RenderLoop;

namespace GpuMm.Benchmarks.Frames;

/// <summary>
/// <c>figures</c>: frames per second of the demo with metadata-only backing, managed bytes per frame in the steady state,
/// and CPU faults per second.
/// </summary>
internal static class FiguresCommand
{
    private const int Frames = 1000;
    private const int Repetitions = 31;

    public static int Run()
    {
        foreach (SceneDescription description in SceneDescription.All)
        {
            DemoOptions options = DemoOptions.For(description) with { Frames = Frames, Backing = BackingKind.PageHeads };
            Scene scene = SceneLoader.Load(description, options.Seed);
            double[] seconds = new double[Repetitions];
            for (int i = 0; i < Repetitions; i++)
            {
                seconds[i] = Once(scene, options);
            }

            double first = seconds[0];
            Array.Sort(seconds);
            double median = seconds[Repetitions / 2];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{description.Name,-8} {Frames} frames: median {median * 1e3:0.0} ms ({Frames / median:0} frames/s), best {Frames / seconds[0]:0} frames/s, first run in the process {first * 1e3:0.0} ms; {SteadyBytesPerFrame(scene, options):0.##} managed bytes per frame in the steady state"));
        }

        using FaultLoop loop = new();
        loop.Run(200_000);
        double best = double.MaxValue;
        for (int i = 0; i < Repetitions; i++)
        {
            long start = Stopwatch.GetTimestamp();
            loop.Run(200_000);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"faults   {200_000 / best:0} per second on one thread ({best * 1e9 / 200_000:0} ns each, 16 entries inserted, zap included)"));
        return 0;
    }

    private static double Once(Scene scene, DemoOptions options)
    {
        using DemoRun run = new(scene, options);
        long start = Stopwatch.GetTimestamp();
        while (run.Frame < Frames)
        {
            run.DrawFrame();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // After two rounds of the camera every texture was seen and every array has grown.
    private static double SteadyBytesPerFrame(Scene scene, DemoOptions options)
    {
        int round = (int)(scene.Path.LengthMetres / scene.Description.MetresPerFrame);
        using DemoRun run = new(scene, options with { Frames = 3 * round });
        while (run.Frame < 2 * round)
        {
            run.DrawFrame();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        while (run.Frame < 3 * round)
        {
            run.DrawFrame();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)round;
    }
}
