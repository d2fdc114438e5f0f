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
    /// <param name="possible">What the processors had to give: the quotient of the best rounds of work that shares nothing.</param>
    /// <param name="possibleMedian">The quotient of its medians.</param>
    /// <returns>The quotients of the best rounds, and of the medians.</returns>
    public static (double Best, double Median) Ratios(Action<int> work, int rounds, out double possible, out double possibleMedian)
    {
        using ThreadPair pair = new();
        double[][] seconds = [new double[rounds], new double[rounds], new double[rounds], new double[rounds]];
        pair.Run(work, threads: 2);
        for (int i = 0; i < rounds; i++)
        {
            seconds[0][i] = pair.Run(work, threads: 1);
            seconds[1][i] = pair.Run(work, threads: 2);
            seconds[2][i] = pair.Run(static _ => Control(250_000), threads: 1);
            seconds[3][i] = pair.Run(static _ => Control(250_000), threads: 2);
        }

        foreach (double[] kind in seconds)
        {
            Array.Sort(kind);
        }

        possible = 2 * seconds[2][0] / seconds[3][0];
        possibleMedian = 2 * seconds[2][rounds / 2] / seconds[3][rounds / 2];
        return (2 * seconds[0][0] / seconds[1][0], 2 * seconds[0][rounds / 2] / seconds[1][rounds / 2]);
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
