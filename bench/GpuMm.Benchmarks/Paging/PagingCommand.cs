using System;
using System.Diagnostics;
using System.Globalization;

namespace GpuMm.Benchmarks.Paging;

/// <summary><c>paging</c>: what hits, faults and zaps cost, beside what they may cost.</summary>
/// <remarks>Each time is the best of many short rounds, because the machine may be shared; the median stands beside it.</remarks>
internal static class PagingCommand
{
    private const int Rounds = 200;
    private const int PassesPerRound = 8;
    private const int Hits = 20_000;
    private const ulong ObjectBytes = 64ul << 20;
    private const int ObjectPages = (int)(ObjectBytes / 4096);

    public static int Run()
    {
        Console.WriteLine($"paging: {Environment.ProcessorCount} processors, .NET {Environment.Version}; best of {Rounds} rounds (median)");
        using PagingRig rig = new(objectCount: 2, ObjectBytes);
        byte[] word = new byte[8];
        byte[] one = new byte[1];
        rig.FaultAll(0, one);

        Print(Timed("a read of 8 bytes that hits", "15 ns", 15, Hits, () => Read(rig, word)));
        Print(Timed("a write of 8 bytes that hits", "15 ns", 15, Hits, () => Write(rig, word)));
        Print(Timed("a fault that inserts 16 entries", "250 ns", 250, rig.FaultsPerObject, () => rig.FaultAll(0, one), () => rig.Zap(0)));
        Print(Allocation(rig, one));
        Print(Timed("zap of 64 MiB, each page", "2 ns", 2, ObjectPages, () => rig.Zap(0), () => rig.FaultAll(0, one)));
        Print(TwoThreads(rig));
        double control = TwoThreadRun.Ratio(static _ => TwoThreadRun.Control(), Rounds, out double median);
        Print(new PagingFigure("  the same of work that shares nothing", Text($"{control:0.00} times one ({median:0.00})"), "-", null));
        Print(Sparse("1 TiB mapped, lone pages touched", 20_000, 1));
        Print(Sparse("1 TiB mapped, runs of 512 pages touched", 512 * 400, 512));
        return 0;
    }

    private static void Read(PagingRig rig, byte[] word)
    {
        ulong address = rig.AddressOf(0);
        for (int i = 0; i < Hits; i++)
        {
            rig.Space.Read(address + (((ulong)i & 511) << 12), word);
        }
    }

    private static void Write(PagingRig rig, byte[] word)
    {
        ulong address = rig.AddressOf(0);
        for (int i = 0; i < Hits; i++)
        {
            rig.Space.Write(address + (((ulong)i & 511) << 12), word);
        }
    }

    private static PagingFigure Timed(string what, string target, double limitNs, int operations, Action body, Action? prepare = null)
    {
        double[] nanoseconds = new double[Rounds];
        long begin = Stopwatch.GetTimestamp();
        for (int i = -1; i < Rounds;)
        {
            prepare?.Invoke();
            long start = Stopwatch.GetTimestamp();
            body();
            nanoseconds[Math.Max(i, 0)] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / operations;

            // Warm for half a second: code is compiled for good on another thread, and on a busy machine that takes time.
            i += i >= 0 || Stopwatch.GetElapsedTime(begin).TotalSeconds > 0.5 ? 1 : 0;
        }

        Array.Sort(nanoseconds);
        return new PagingFigure(what, Text($"{nanoseconds[0]:0.00} ns ({nanoseconds[Rounds / 2]:0.00})"), target, nanoseconds[0] < limitNs);
    }

    private static PagingFigure Allocation(PagingRig rig, byte[] one)
    {
        rig.Zap(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        rig.FaultAll(0, one);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        return new PagingFigure("  managed memory that it allocates", Text($"{bytes} bytes in {rig.FaultsPerObject} faults"), "none", bytes == 0);
    }

    private static PagingFigure TwoThreads(PagingRig rig)
    {
        byte[][] bytes = [new byte[1], new byte[1]];
        double ratio = TwoThreadRun.Ratio(
            index =>
            {
                for (int pass = 0; pass < PassesPerRound; pass++)
                {
                    rig.FaultAll(index, bytes[index]);
                    rig.Zap(index);
                }
            },
            Rounds,
            out double median);
        return new PagingFigure("two threads, each on its own object", Text($"{ratio:0.00} times one ({median:0.00})"), "1.7 times", ratio >= 1.7);
    }

    private static PagingFigure Sparse(string what, int touches, int runPages)
    {
        double bytes = SparseRun.BytesPerPage(touches, runPages, out double own);
        double half = SparseRun.BytesPerPage(touches / 2, runPages, out _);
        return new PagingFigure(
            what,
            Text($"{bytes:0} bytes a page (own account {own:0})"),
            "in proportion",
            Math.Abs(half - bytes) < bytes * 0.25);
    }

    private static void Print(PagingFigure figure) => Console.WriteLine(
        $"  {figure.What,-40} {figure.Figure,-36} target {figure.Target,-14} {(figure.IsMet is { } met ? (met ? "met" : "MISSED") : "")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
