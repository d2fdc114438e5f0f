using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace GpuMm.Benchmarks.Allocators;

/// <summary>
/// <c>alloc</c>: measures every allocator on the published workloads and prints a table, or the curve of the cost per
/// pair over the number of live allocations.
/// </summary>
internal static class AllocCommand
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    public static int Run(ReadOnlySpan<string> args)
    {
        AllocOptions options;
        List<AllocatorRow> rows;
        try
        {
            options = AllocOptions.Parse(args);
            rows = Select(options.Only);
        }
        catch (FormatException error)
        {
            Console.Error.WriteLine(error.Message);
            return 2;
        }

        if (options.List)
        {
            rows.ForEach(row => Console.WriteLine(row.Name));
            return 0;
        }

        List<AllocResult> results = [];
        if (!options.Json)
        {
            PrintHead();
        }

        foreach (Func<Workload> make in options.Curve ? Curve(options.MinLive, options.MaxLive) : Named(options.Workloads))
        {
            List<AllocResult> measured = Measure(rows, make(), options.Repetitions);
            results.AddRange(measured);
            if (!options.Json)
            {
                measured.ForEach(Print);
            }
        }

        if (options.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(results, s_json));
        }

        return 0;
    }

    private static List<AllocatorRow> Select(string[] names)
    {
        List<AllocatorRow> rows = [];
        foreach (string name in names)
        {
            AllocatorRow? row = Array.Find(
                AllocatorRows.All, candidate => candidate.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            rows.Add(row ?? throw new FormatException($"There is no allocator {name}; --list names them."));
        }

        return names.Length == 0 ? [.. AllocatorRows.All] : rows;
    }

    private static IEnumerable<Func<Workload>> Named(string[] names)
    {
        foreach (string name in names)
        {
            yield return name.ToUpperInvariant() switch
            {
                "W1" => () => Workload.Wide("W1", 0.75, 6_509, 0xde4ad814d0807504),
                "W1H" => () => Workload.Wide("W1h", 0.90, 7_815, 0x54a8de3440e031bb),
                "W2" => () => Workload.Many("W2", 6_291_456, 1_000_000, 2_000_000, 0xf4265da8fbe01434),
                "W3" => () => Workload.Many("W3", 6_291_456, 1_000_000, 0, 0x6784f690e55246e9),
                _ => throw new FormatException($"There is no workload {name}."),
            };
        }
    }

    /// <summary>The shape of W2 at other sizes: 6.291456 units of range for each live allocation.</summary>
    private static IEnumerable<Func<Workload>> Curve(int minLive, int maxLive)
    {
        foreach (int live in new[] { 10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000 })
        {
            if (live >= minLive && live <= maxLive)
            {
                uint units = (uint)(6.291456 * live);
                yield return () => Workload.Many($"{live:N0}", units, live, 2_000_000, 0);
            }
        }
    }

    /// <summary>Every allocator in turn, again and again, so that what else the machine does meets all of them.</summary>
    private static List<AllocResult> Measure(List<AllocatorRow> rows, Workload load, int repetitions)
    {
        long start = Stopwatch.GetTimestamp();

        // One repetition is not counted: the compiler is still at work in it.
        foreach (AllocatorRow row in rows)
        {
            row.Measure(load);
            Tell(load, $"{row.Name} warm", start);
        }

        Measurement[][] all = [.. rows.Select(_ => new Measurement[repetitions])];
        for (int i = 0; i < repetitions; i++)
        {
            for (int row = 0; row < rows.Count; row++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                all[row][i] = rows[row].Measure(load);
            }

            Tell(load, $"repetition {i + 1} of {repetitions}", start);
        }

        return [.. rows.Zip(all, (row, measured) => Summarise(row.Name, load, measured))];
    }

    /// <summary>Says on the error stream how far a workload is; its lines of the table come when it ends.</summary>
    private static void Tell(Workload load, string what, long start) => Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{load.Name}: {what}, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s"));

    private static AllocResult Summarise(string name, Workload load, Measurement[] measured)
    {
        double minCpuNs = measured.Min(static one => one.CpuNsPerPair);
        Array.Sort(measured, static (a, b) => a.NsPerPair.CompareTo(b.NsPerPair));
        return new AllocResult(
            name, load.Name, load.Fill.Length, measured[0].NsPerPair, minCpuNs, measured[measured.Length / 2]);
    }

    private static void PrintHead()
    {
        Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores");
        Console.WriteLine(
            $"{"allocator",-16} {"workload",10} {"ns/pair",8} {"(min)",8} {"cpu ns",8} {"(min)",8} {"ns/free",8} {"failures",9} " +
            $"{"largest/free",13} {"B/live",7} {"managed B",10}  offsets");
    }

    private static void Print(AllocResult result)
    {
        Measurement median = result.Median;
        string free = median.NsPerFree == 0 ? "-" : median.NsPerFree.ToString("F1", CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Allocator,-16} {result.Workload,10} {median.NsPerPair,8:F1} {result.MinNsPerPair,8:F1} " +
            $"{median.CpuNsPerPair,8:F1} {result.MinCpuNsPerPair,8:F1} {free,8} " +
            $"{median.Failures,9} {median.LargestOverFree,13:F4} {median.MetadataBytesPerLive,7:F1} " +
            $"{median.ManagedBytes,10}  {median.OffsetSum:x}"));
    }
}
