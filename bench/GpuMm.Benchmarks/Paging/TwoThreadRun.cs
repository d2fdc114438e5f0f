using System;
using System.Globalization;

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
        using ThreadPair pair = new();
        double[] alone = new double[rounds];
        double[] both = new double[rounds];
        pair.Run(work, threads: 2);
        for (int i = 0; i < rounds; i++)
        {
            alone[i] = pair.Run(work, threads: 1);
            both[i] = pair.Run(work, threads: 2);
        }

        Array.Sort(alone);
        Array.Sort(both);
        median = 2 * alone[rounds / 2] / both[rounds / 2];
        return 2 * alone[0] / both[0];
    }

    /// <summary>The same, beside what work that shares nothing reaches in rounds between those.</summary>
    /// <param name="work">What thread 0 or 1 does in a round; a millisecond or so.</param>
    /// <param name="rounds">How many rounds of each kind.</param>
    public static TwoThreadFigures Ratios(Action<int> work, int rounds)
    {
        using ThreadPair pair = new();
        double[][] seconds = [new double[rounds], new double[rounds], new double[rounds], new double[rounds]];
        pair.Run(work, threads: 2);
        for (int i = 0; i < rounds; i++)
        {
            seconds[0][i] = pair.Run(work, threads: 1);
            seconds[1][i] = pair.Run(work, threads: 2);
            seconds[2][i] = pair.Run(static _ => Busy(100_000), threads: 1);
            seconds[3][i] = pair.Run(static _ => Busy(100_000), threads: 2);
        }

        foreach (double[] kind in seconds)
        {
            Array.Sort(kind);
        }

        return new TwoThreadFigures(
            2 * seconds[0][0] / seconds[1][0],
            2 * seconds[0][rounds / 2] / seconds[1][rounds / 2],
            2 * seconds[2][0] / seconds[3][0],
            2 * seconds[2][rounds / 2] / seconds[3][rounds / 2],
            seconds[0][0],
            seconds[1][0]);
    }

    /// <summary>
    /// Work that shares nothing and keeps a processor's units busy: where two processors are two threads of one core, they get
    /// little more done than one of them.
    /// </summary>
    /// <param name="steps">Its length; six sums each.</param>
    public static void Busy(int steps)
    {
        (ulong a, ulong b, ulong c, ulong d, ulong e, ulong f) = (1, 2, 3, 4, 5, 6);
        for (ulong i = 0; i < (ulong)steps; i++)
        {
            (a, b, c) = (a + i, b ^ i, c - i);
            (d, e, f) = (d + a, e ^ a, f - a);
        }

        GC.KeepAlive((a + b + c + d + e + f).ToString(CultureInfo.InvariantCulture)); // So that the loop is not left out.
    }

    /// <summary>Work that shares nothing.</summary>
    /// <param name="steps">Its length; a quarter of a million take about as many nanoseconds.</param>
    public static void Control(int steps = 1_000_000)
    {
        ulong value = 1;
        for (int i = 0; i < steps; i++)
        {
            value = (value * 6364136223846793005) + 1442695040888963407;
        }

        GC.KeepAlive(value.ToString(CultureInfo.InvariantCulture)); // So that the loop is not left out.
    }
}
