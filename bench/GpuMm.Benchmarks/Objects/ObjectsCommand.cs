using System;
using System.Diagnostics;
using System.Globalization;
using GpuMm.Benchmarks.Paging;

namespace GpuMm.Benchmarks.Objects;

/// <summary>
/// <c>objects [count] [--only text]</c>: what placing, growing old and making room cost the manager, and how much managed memory a live
/// object takes; beside what they may.
/// </summary>
/// <remarks>
/// Each time is the best of many short rounds, because the machine may be shared; the median and the processor time of all rounds
/// stand beside it. Beside two threads stand two that share nothing, in rounds between theirs, and the best rounds of one and of two.
/// </remarks>
internal static class ObjectsCommand
{
    private const int Rounds = 200;
    private const int ThreadRounds = 600; // Short ones: on a shared machine few moments have a processor for each thread
    private const int Steps = 5_000;
    private const int DefaultCount = 1_000_000;
    private const double ShareTarget = 1.7;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        if (!TryRead(arguments, out int count, out string only))
        {
            Console.Error.WriteLine(
                "objects: takes the number of the objects whose memory is measured, for instance 10000000, and --only TEXT for the lines that contain it.");
            return 2;
        }

        Console.WriteLine(
            $"objects: {Environment.ProcessorCount} processors, .NET {Environment.Version}; best of {Rounds} rounds (median; processor time of all rounds)");
        using ObjectsRig rig = new();
        (string What, Func<string, PagingFigure> Measure)[] lines =
        [
            ("validate of an object in place", what => InPlace(what, rig)),
            ("  with its reservation taken and given", what => Timed(what, "-", null, rig.ReserveAndValidate)),
            ("bulk bump of 1,000 objects", what => Timed(what, "100 ns", 100, rig.BumpBulk)),
            ("  a loop of 1,000 sums, for the spread", what => Timed(what, "-", null, static steps => TwoThreadRun.Busy(1_000 * steps))),
            ("evict one to the aperture, move in", what => Timed(what, "1,000 ns", 1_000, rig.EvictAndMoveIn)),
            ("evict one by dropping it, move in", what => Timed(what, "1,000 ns", 1_000, rig.DropAndMoveIn)),
            ("  managed memory that all these allocate", what => Allocation(what, rig)),
            ("two threads, reserve, validate and bump", what => TwoThreads(what, rig.Use)),
            ("  with a device each: that", what => TwoThreads(what, rig.UseApart)),
            ("two threads, aperture and back, no bytes", what => TwoThreads(what, rig.MoveAbout)),
            ("  with a device each: no bytes", what => TwoThreads(what, rig.MoveApart)),
            ("two threads, 64 KiB of bytes each", what => TwoThreads(what, rig.CarryAbout)),
            ("  with a device each: 64 KiB moves", what => TwoThreads(what, rig.CarryApart)),
            ("two threads, whole lives of 64 KiB", what => TwoThreads(what, rig.Live)),
            ("  with a device each: lives", what => TwoThreads(what, rig.LiveApart)),
            (Text($"a live object, of {count:N0}"), what => Footprint(what, count)),
        ];
        foreach ((string what, Func<string, PagingFigure> measure) in lines)
        {
            if (what.Contains(only, StringComparison.Ordinal))
            {
                Print(measure(what));
            }
        }

        return 0;
    }

    private static bool TryRead(ReadOnlySpan<string> arguments, out int count, out string only)
    {
        count = DefaultCount;
        only = "";
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--only" && i + 1 < arguments.Length)
            {
                only = arguments[++i];
            }
            else if (!int.TryParse(arguments[i], NumberStyles.None, CultureInfo.InvariantCulture, out count) || count == 0)
            {
                return false;
            }
        }

        return true;
    }

    private static PagingFigure InPlace(string what, ObjectsRig rig)
    {
        rig.HoldAll();
        PagingFigure figure = Timed(what, "60 ns", 60, rig.Validate);
        rig.ReleaseAll();
        return figure;
    }

    private static PagingFigure Timed(string what, string target, double? limitNs, Action<int> body)
    {
        double[] nanoseconds = new double[Rounds];
        long begin = Stopwatch.GetTimestamp();
        TimeSpan processor = default;
        for (int i = -1; i < Rounds;)
        {
            if (i == 0)
            {
                processor = Environment.CpuUsage.TotalTime;
            }

            long start = Stopwatch.GetTimestamp();
            body(Steps);
            nanoseconds[Math.Max(i, 0)] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / Steps;

            // Warm for three seconds: code is compiled for good on another thread, and on a busy machine that takes time.
            i += i >= 0 || Stopwatch.GetElapsedTime(begin).TotalSeconds > 3 ? 1 : 0;
        }

        double processorNs = (Environment.CpuUsage.TotalTime - processor).TotalNanoseconds / (Steps * Rounds);
        Array.Sort(nanoseconds);
        return new PagingFigure(
            what,
            Text($"{nanoseconds[0]:0.0} ns ({nanoseconds[Rounds / 2]:0.0}; {processorNs:0.0})"),
            target,
            limitNs is { } limit ? nanoseconds[0] < limit : null);
    }

    private static PagingFigure Allocation(string what, ObjectsRig rig)
    {
        DoAll(rig); // Side objects and tables that are made at first use
        long before = GC.GetAllocatedBytesForCurrentThread();
        DoAll(rig);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        return new PagingFigure(what, Text($"{bytes} bytes in {4 * Steps} steps"), "none", bytes == 0);
    }

    private static void DoAll(ObjectsRig rig)
    {
        rig.ReserveAndValidate(Steps);
        rig.BumpBulk(Steps);
        rig.EvictAndMoveIn(Steps);
        rig.DropAndMoveIn(Steps);
    }

    // Beside it what work that shares nothing reached in the same rounds: that is what the processors had to give.
    private static PagingFigure TwoThreads(string what, Action<int> work)
    {
        TwoThreadFigures two = TwoThreadRun.Ratios(work, ThreadRounds);
        return new PagingFigure(
            what,
            Text($"{two.Best:0.00} ({two.Median:0.00}) of {two.Possible:0.00} ({two.PossibleMedian:0.00}), {two.AloneSeconds * 1e6:0} to {two.BothSeconds * 1e6:0} us"),
            "1.7",
            two.Best >= ShareTarget);
    }

    private static PagingFigure Footprint(string what, int count)
    {
        (double all, double ranges) = ObjectFootprint.Measure(count);
        return new PagingFigure(what, Text($"{all - ranges:0} bytes, and {ranges:0} of ranges"), "200 bytes", all - ranges <= 200);
    }

    private static void Print(PagingFigure figure) => Console.WriteLine(
        $"  {figure.What,-40} {figure.Figure,-48} target {figure.Target,-14} {(figure.IsMet is { } met ? (met ? "met" : "MISSED") : "")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
