using System;
using System.Diagnostics;
using System.Globalization;
using GpuMm.Benchmarks.Paging;

namespace GpuMm.Benchmarks.Objects;

/// <summary>
/// <c>objects [count]</c>: what placing, growing old and making room cost the manager, and how much managed memory a live
/// object takes; beside what they may.
/// </summary>
/// <remarks>Each time is the best of many short rounds, because the machine may be shared; the median stands beside it.</remarks>
internal static class ObjectsCommand
{
    private const int Rounds = 200;
    private const int Steps = 5_000;
    private const int DefaultCount = 1_000_000;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        int count = DefaultCount;
        if (arguments.Length > 1 || (arguments.Length == 1 && !int.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out count)) || count == 0)
        {
            Console.Error.WriteLine("objects: takes one number, of the objects whose memory is measured; for instance 10000000.");
            return 2;
        }

        Console.WriteLine($"objects: {Environment.ProcessorCount} processors, .NET {Environment.Version}; best of {Rounds} rounds (median)");
        using ObjectsRig rig = new();
        rig.HoldAll();
        Print(Timed("validate of an object in place", "60 ns", 60, rig.Validate));
        rig.ReleaseAll();
        Print(Timed("  with its reservation taken and given", "-", null, rig.ReserveAndValidate));
        Print(Timed("bulk bump of 1,000 objects", "100 ns", 100, rig.BumpBulk));
        Print(Timed("evict one to the aperture, move in", "1,000 ns", 1_000, rig.EvictAndMoveIn));
        Print(Timed("evict one by dropping it, move in", "1,000 ns", 1_000, rig.DropAndMoveIn));
        Print(Allocation(rig));
        Print(TwoThreads("two threads, reserve, validate and bump", rig.Use));
        Print(TwoThreads("two threads, aperture and back, no bytes", rig.MoveAbout));
        Print(TwoThreads("  the same with 64 KiB of bytes each", rig.CarryAbout));
        Print(TwoThreads("two threads, whole lives of 64 KiB", rig.Live));
        double control = TwoThreadRun.Ratio(static _ => TwoThreadRun.Control(), Rounds, out double median);
        Print(new PagingFigure("  the same of work that shares nothing", Text($"{control:0.00} times one ({median:0.00})"), "-", null));
        Print(Footprint(count));
        return 0;
    }

    private static PagingFigure Timed(string what, string target, double? limitNs, Action<int> body)
    {
        double[] nanoseconds = new double[Rounds];
        long begin = Stopwatch.GetTimestamp();
        for (int i = -1; i < Rounds;)
        {
            long start = Stopwatch.GetTimestamp();
            body(Steps);
            nanoseconds[Math.Max(i, 0)] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / Steps;

            // Warm for half a second: code is compiled for good on another thread, and on a busy machine that takes time.
            i += i >= 0 || Stopwatch.GetElapsedTime(begin).TotalSeconds > 0.5 ? 1 : 0;
        }

        Array.Sort(nanoseconds);
        return new PagingFigure(
            what, Text($"{nanoseconds[0]:0.0} ns ({nanoseconds[Rounds / 2]:0.0})"), target, limitNs is { } limit ? nanoseconds[0] < limit : null);
    }

    private static PagingFigure Allocation(ObjectsRig rig)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        rig.ReserveAndValidate(Steps);
        rig.BumpBulk(Steps);
        rig.EvictAndMoveIn(Steps);
        rig.DropAndMoveIn(Steps);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        return new PagingFigure("  managed memory that all these allocate", Text($"{bytes} bytes in {4 * Steps} steps"), "none", bytes == 0);
    }

    private static PagingFigure TwoThreads(string what, Action<int> work)
    {
        double ratio = TwoThreadRun.Ratio(work, Rounds, out double median);
        return new PagingFigure(what, Text($"{ratio:0.00} times one ({median:0.00})"), "1.7 times", ratio >= 1.7);
    }

    private static PagingFigure Footprint(int count)
    {
        (double all, double ranges) = ObjectFootprint.Measure(count);
        return new PagingFigure(
            Text($"a live object, of {count:N0}"), Text($"{all - ranges:0} bytes, and {ranges:0} of ranges"), "200 bytes", all - ranges <= 200);
    }

    private static void Print(PagingFigure figure) => Console.WriteLine(
        $"  {figure.What,-40} {figure.Figure,-36} target {figure.Target,-14} {(figure.IsMet is { } met ? (met ? "met" : "MISSED") : "")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
