using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;

namespace GpuMm.Benchmarks.Paging;

/// <summary>How much more two threads do than one, each on what is its own.</summary>
/// <remarks>
/// The machine may be shared, so rounds are short and the best of each kind counts: a round in which the two threads had
/// no processor each says nothing about the code. A control that shares nothing says what the processors themselves give.
/// </remarks>
internal static class TwoThreadRun
{
    /// <summary>The best round of two threads over the best round of one.</summary>
    /// <param name="work">What thread 0 or 1 does in a round; a millisecond or so.</param>
    /// <param name="rounds">How many rounds of each kind.</param>
    /// <param name="median">The quotient of the medians.</param>
    public static double Ratio(Action<int> work, int rounds, out double median)
    {
        double[] alone = new double[rounds];
        double[] both = new double[rounds];
        Round(work, threads: 2);
        for (int i = 0; i < rounds; i++)
        {
            alone[i] = Round(work, threads: 1);
            both[i] = Round(work, threads: 2);
        }

        Array.Sort(alone);
        Array.Sort(both);
        median = 2 * alone[rounds / 2] / both[rounds / 2];
        return 2 * alone[0] / both[0];
    }

    /// <summary>Work that shares nothing.</summary>
    public static void Control()
    {
        ulong value = 1;
        for (int i = 0; i < 1_000_000; i++)
        {
            value = (value * 6364136223846793005) + 1442695040888963407;
        }

        GC.KeepAlive(value.ToString(CultureInfo.InvariantCulture)); // So that the loop is not left out.
    }

    // Seconds from the first start to the last end.
    private static double Round(Action<int> work, int threads)
    {
        long[] begins = new long[threads];
        long[] ends = new long[threads];
        int waiting = threads;
        Thread[] workers = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            int index = i;
            workers[i] = new Thread(() =>
            {
                Interlocked.Decrement(ref waiting);
                SpinWait spin = default;
                while (Volatile.Read(ref waiting) != 0)
                {
                    spin.SpinOnce(sleep1Threshold: -1);
                }

                begins[index] = Stopwatch.GetTimestamp();
                work(index);
                ends[index] = Stopwatch.GetTimestamp();
            });
            workers[i].Start();
        }

        long first = long.MaxValue;
        long last = 0;
        for (int i = 0; i < threads; i++)
        {
            workers[i].Join();
            first = Math.Min(first, begins[i]);
            last = Math.Max(last, ends[i]);
        }

        return Stopwatch.GetElapsedTime(first, last).TotalSeconds;
    }
}
