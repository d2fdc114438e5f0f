using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using GpuMm.Benchmarks.League;
using GpuMm.Lab.League;
using GpuMm.Lab.Replay;
using GpuMm.Lab.Replay.Compact;
using GpuMm.Primitives;
using GpuMm.Ranges;
using GpuMm.Simulation;
using GpuMm.Traces;
using GpuMm.Traces.Model;

namespace GpuMm.Benchmarks.Replay;

/// <summary>
/// <c>replay</c>: full replay of the trace of <c>league</c> at 10 % of the working set, on one thread: reading, numbering,
/// placement, fragmentation, moves, fences and time. Rates are per second of processor time; the check of the device comes after
/// the clock has stopped. The hash tells whether two builds did the same.
/// </summary>
internal static class ReplayBench
{
    public static int Run(ReadOnlySpan<string> args)
    {
        Setting setting = new();
        for (int i = 0; i < args.Length; i++)
        {
            if (i + 1 == args.Length || !setting.TrySet(args[i], args[i + 1]))
            {
                Console.Error.WriteLine(
                    $"replay: '{args[i]}' is not understood; give --requests N, --runs N, --job N, --policy NAME, --trace FILE, " +
                    "--allocator range, buddy or bins, --gart all or vram, --engine compact or device.");
                return 2;
            }

            i++;
        }

        string path = setting.Trace ?? Path.Combine(Path.GetTempPath(), $"gpumm-replay-{Environment.ProcessId}.oracleGeneral");
        try
        {
            if (!File.Exists(path))
            {
                ZipfTrace.Write(path, setting.Requests, seed: 1, isOneSize: false);
            }

            Measure(path, setting);
        }
        finally
        {
            if (setting.Trace is null)
            {
                File.Delete(path);
            }
        }

        return 0;
    }

    private static void Measure(string path, Setting setting)
    {
        ulong footprint = WholePages(path);
        FullReplayOptions options = new()
        {
            Machine = MachineProfile.Find("pcie3x16")!,
            VramBytes = Pages.Bytes(Pages.Count(footprint / 10)),
            ApertureBytes = setting.IsSmallGart ? Pages.Bytes(Pages.Count(footprint / 10)) : footprint,
            SystemBytes = 1ul << 44,
            Policy = setting.Policy,
            Allocator = setting.Allocator,
            JobUses = setting.JobUses,
            ChecksInvariants = false,
        };
        Say($"{new FileInfo(path).Length / OracleRecord.SizeBytes:N0} requests, 10 % capacity, allocator {options.Allocator}, policy {options.Policy}, {options.JobUses} uses per job, engine {(setting.IsDevice ? "device" : "compact")}, aperture {options.ApertureBytes >> 20:N0} MiB; {setting.Runs} runs, one thread");
        List<double> rates = [];
        for (int run = 0; run < setting.Runs; run++)
        {
            long before = GC.GetTotalMemory(forceFullCollection: true);
            using ITraceReader reader = TraceFiles.Open(path);
            using FullReplay? device = setting.IsDevice ? new FullReplay(options) : null;
            CompactReplay? compact = setting.IsDevice ? null : CompactReplay.Create(options);
            int collections = GC.CollectionCount(0);
            long start = Stopwatch.GetTimestamp();
            TimeSpan cpuStart = Environment.CpuUsage.TotalTime;
            FullReplayResult result = device?.Run(reader) ?? compact!.Run(reader, null, default)!;
            double wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double cpu = (Environment.CpuUsage.TotalTime - cpuStart).TotalSeconds;
            int duringRun = GC.CollectionCount(0) - collections;
            long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
            rates.Add(result.Requests / cpu / 1e6);
            Say($"{rates[^1],8:0.00} M requests/s of processor time, {result.Requests / wall / 1e6:0.00} of wall time; {result.Objects:N0} objects, {100.0 * result.Misses / result.Requests:0.00} % misses, {(double)result.Evictions / result.Misses:0.00} evictions per miss, {duringRun} collections, {(double)bytes / result.Objects:0.0} bytes per object");
            Say($"         {result.SimulatedNs / 1e9:0.000000000} s simulated, {result.ToVramBytes:N0} bytes in, {result.FromVramBytes:N0} out, places {device?.PlacesHash() ?? compact!.PlacesHash():x16}, {device?.Device.Validate().Count ?? 0} broken invariants");
        }

        rates.Sort();
        Say($"{rates[rates.Count / 2],8:0.00} M requests/s median (target 3)");
    }

    private static ulong WholePages(string path)
    {
        using OracleTrace trace = OracleTrace.Open(path);
        return Pages.Bytes(Pages.Count((ulong)TraceScan.Of(trace, countsObjects: false).WorkingSet));
    }

    private static void Say(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private sealed class Setting
    {
        public int Requests { get; private set; } = 10_000_000;

        public int Runs { get; private set; } = 3;

        public int JobUses { get; private set; } = 64;

        public string Policy { get; private set; } = "lru";

        public string? Trace { get; private set; }

        public SpaceAllocatorKind Allocator { get; private set; } = SpaceAllocatorKind.Range;

        public bool IsSmallGart { get; private set; }

        public bool IsDevice { get; private set; }

        public bool TrySet(string name, string value)
        {
            bool isNumber = int.TryParse(value, CultureInfo.InvariantCulture, out int number) && number > 0;
            switch (name)
            {
                case "--requests" when isNumber:
                    Requests = number;
                    return true;
                case "--runs" when isNumber:
                    Runs = number;
                    return true;
                case "--job" when isNumber && number <= FullReplayOptions.MaxJobUses:
                    JobUses = number;
                    return true;
                case "--policy":
                    Policy = value;
                    return true;
                case "--trace":
                    Trace = value;
                    return true;
                case "--allocator" when Enum.TryParse(value, ignoreCase: true, out SpaceAllocatorKind kind):
                    Allocator = kind;
                    return true;
                case "--engine" when value is "compact" or "device":
                    IsDevice = value == "device";
                    return true;
                case "--gart" when value is "all" or "vram":
                    IsSmallGart = value == "vram";
                    return true;
                default:
                    return false;
            }
        }
    }
}
