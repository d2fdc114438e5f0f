using System;
using System.Diagnostics;
using System.Globalization;

namespace GpuMm.Benchmarks.Machines;

/// <summary>
/// <c>machine</c>: buffer references per second of submissions whose objects are all resident, and an hour of 60 frames a
/// second with 20,000 objects. <c>machine --minutes 5</c> plays less of the hour.
/// </summary>
internal static class MachineCommand
{
    private const int Objects = 1_000;
    private const int Repetitions = 15;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        int minutes = arguments is ["--minutes", string text] && int.TryParse(text, CultureInfo.InvariantCulture, out int given) && given > 0 ? given : 60;
        Resident("each its own reservation", sharesReservation: false);
        Resident("one reservation, grow old together", sharesReservation: true);
        Hour(minutes);
        return 0;
    }

    private static void Resident(string name, bool sharesReservation)
    {
        using ResidentLoop loop = new(Objects, sharesReservation);
        for (int i = 0; i < 500; i++)
        {
            loop.Submit();
        }

        const int Submissions = 200;
        long before = GC.GetAllocatedBytesForCurrentThread();
        double best = double.MaxValue;
        for (int i = 0; i < Repetitions; i++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int j = 0; j < Submissions; j++)
            {
                loop.Submit();
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        double references = (double)Submissions * loop.Objects;
        Write($"resident  {references / best / 1e6:0.0} million buffer references per second ({best * 1e9 / references:0.0} ns each), {name}; {allocated} managed bytes");
    }

    private static void Hour(int minutes)
    {
        using HourLoop loop = new();
        int frames = minutes * 60 * 60;
        long start = Stopwatch.GetTimestamp();
        long settled = 0;
        long quarter = 0;
        for (int frame = 0; frame < frames; frame++)
        {
            loop.Draw();
            if (frame == frames / 4)
            {
                settled = GC.GetTotalMemory(forceFullCollection: true);
                quarter = GC.GetAllocatedBytesForCurrentThread();
            }
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long grown = GC.GetTotalMemory(forceFullCollection: true) - settled;
        double perFrame = (GC.GetAllocatedBytesForCurrentThread() - quarter) / (frames * 0.75);
        Write($"hour      {frames} frames of 60 per second, {HourLoop.Objects} objects, {HourLoop.UsesPerFrame} used by each: {loop.SimulatedSeconds:0.0} simulated s in {seconds:0.00} s ({seconds * 60 / minutes:0.0} s per hour); {loop.MovedBytes / 1e9:0.0} GB moved, {loop.Evictions} evictions");
        Write($"memory    {settled / 1e6:0.0} MB after a quarter, {grown / 1e3:+0.0;-0.0;0} kB more at the end; {perFrame:0.0} managed bytes per frame");
    }

    private static void Write(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
