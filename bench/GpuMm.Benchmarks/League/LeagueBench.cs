using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using GpuMm.Lab.League;

namespace GpuMm.Benchmarks.League;

/// <summary>
/// <c>league</c>: residency replay of ten million Zipf requests at 10 % of the working set, one policy at a time on one core:
/// reading, numbering and ranking together, beside what libCacheSim does on such a trace. Rates are per second of processor
/// time, so that a busy machine takes less from them; the wall clock is told as well.
/// </summary>
internal static class LeagueBench
{
    // Reading and numbering alone: what every policy pays.
    private const string Numbering = "(none)";

    // Million requests per second of libCacheSim (cachesim, one thread, median of several runs) on a machine of this kind.
    private static readonly (string Policy, double Reference)[] s_rows =
    [
        (Numbering, 0),
        ("lru", 7.2), ("fifo", 8.3), ("clock", 4.5), ("sieve", 10.0), ("s3fifo", 3.5), ("arc", 8.4), ("lfu", 5.1), ("belady", 3.6),
        ("gdsf", 0), ("bound", 0),
    ];

    public static int Run(ReadOnlySpan<string> args)
    {
        int requests = 10_000_000;
        int runs = 5;
        bool isOneSize = false;
        string[] only = [];
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--equal":
                    isOneSize = true;
                    break;
                case "--requests" when i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out requests) && requests > 0:
                    i++;
                    break;
                case "--runs" when i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out runs) && runs > 0:
                    i++;
                    break;
                case "--only" when i + 1 < args.Length:
                    only = args[++i].Split(',');
                    break;
                default:
                    Console.Error.WriteLine($"league: '{args[i]}' is not understood; give --requests N, --runs N, --only lru,fifo or --equal (objects of one size).");
                    return 2;
            }
        }

        string path = Path.Combine(Path.GetTempPath(), $"gpumm-league-{Environment.ProcessId}.oracleGeneral");
        try
        {
            ZipfTrace.Write(path, requests, seed: 1, isOneSize);
            Measure(path, runs, only);
        }
        finally
        {
            File.Delete(path);
        }

        return 0;
    }

    private static void Measure(string path, int runs, string[] only)
    {
        long opening = Stopwatch.GetTimestamp();
        using OracleTrace trace = OracleTrace.Open(path);
        double openMs = Stopwatch.GetElapsedTime(opening).TotalMilliseconds;
        TraceScan scan = TraceScan.Of(trace, countsObjects: false);
        long capacity = new CapacitySpec("10%", 0, 0.1).Resolve(scan.WorkingSet, countsObjects: false);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{trace.RecordCount:N0} requests, {scan.Objects:N0} objects, capacity 10 %; opened in {openMs:0.0} ms; {runs} runs, one thread"));
        Console.WriteLine("policy     M req/s median    best   by wall   libCacheSim   ratio   bytes/object   miss ratio");
        foreach ((string policy, double reference) in s_rows.Where(row => only.Length == 0 || only.Contains(row.Policy)))
        {
            List<double> rates = [];
            long bytes = 0;
            double wall = 0;
            ReplayCounts counts = default;
            for (int run = 0; run < runs; run++)
            {
                rates.Add(Replay(trace, policy, capacity, out bytes, out counts, out double byWall));
                wall = Math.Max(wall, byWall);
            }

            rates.Sort();
            double median = rates[rates.Count / 2];
            string beside = reference > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{reference,13:0.0} {median / reference,7:0.00}")
                : $"{"-",13} {"-",7}";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{policy,-10} {median,14:0.0} {rates[^1],7:0.0} {wall,9:0.0} {beside} {(double)bytes / scan.Objects,14:0.0} {(double)counts.Misses / counts.Requests,12:0.0000}"));
        }
    }

    private static double Replay(OracleTrace trace, string policy, long capacity, out long bytes, out ReplayCounts counts, out double byWall)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        TimeSpan startCpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        ReplayPass pass = new(trace, countsObjects: false);
        ResidencyReplay? replay = policy == Numbering ? null : ReplayFactory.Make(policy, capacity, trace, pass.Table);
        while (pass.TryNext(out ReplayBatch batch))
        {
            replay?.Play(batch);
        }

        (replay as OfflineBound)?.Finish();
        double seconds = (Environment.CpuUsage.TotalTime - startCpu).TotalSeconds;
        byWall = trace.RecordCount / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6;
        counts = replay?.Counts ?? new ReplayCounts(trace.RecordCount, 0, 0, 0, 0, 0);
        bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(pass);
        GC.KeepAlive(replay);
        return trace.RecordCount / seconds / 1e6;
    }
}
