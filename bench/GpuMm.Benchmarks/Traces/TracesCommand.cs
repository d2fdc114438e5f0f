using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using GpuMm.Lab.Replay;
using GpuMm.Primitives;
using GpuMm.Simulation;
using GpuMm.Traces;
using GpuMm.Traces.Format;
using GpuMm.Traces.Model;

namespace GpuMm.Benchmarks.Traces;

/// <summary><c>-- traces</c>: full replay in requests per second, and how fast large traces open; targets beside them.</summary>
internal static class TracesCommand
{
    private const int Objects = 763_053;
    private const int Record = 24;

    public static int Run(ReadOnlySpan<string> args)
    {
        int requests = args.Length > 0 ? int.Parse(args[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : 10_000_000;
        string folder = Directory.CreateTempSubdirectory("gpumm-bench-").FullName;
        try
        {
            string zipf = Path.Combine(folder, "zipf.oracleGeneral.bin");
            ulong footprint = WriteZipf(zipf, requests);
            ReplayFull(zipf, footprint);
            OpenLarge(folder);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void ReplayFull(string path, ulong footprint)
    {
        ulong vram = footprint / 10 / Pages.SizeBytes * Pages.SizeBytes;
        foreach ((string name, ulong aperture) in (ReadOnlySpan<(string, ulong)>)[("warm-up", footprint), ("full replay", footprint), ("small gart", vram)])
        {
            using ITraceReader reader = TraceFiles.Open(path);
            using FullReplay replay = new(new FullReplayOptions { Machine = MachineProfile.Find("pcie3x16")!, VramBytes = vram, ApertureBytes = aperture, JobUses = 64 });
            long start = Stopwatch.GetTimestamp();
            TimeSpan cpuStart = Environment.CpuUsage.TotalTime;
            FullReplayResult result = replay.Run(reader);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double cpuSeconds = (Environment.CpuUsage.TotalTime - cpuStart).TotalSeconds;
            Say($"{name,-13} {result.Requests / seconds / 1e6,8:0.00} million requests/s of wall time, {result.Requests / cpuSeconds / 1e6:0.00} of processor time (target 3); {result.Requests:N0} requests, {result.Objects:N0} objects, 10 % capacity, {100.0 * result.Misses / result.Requests:0.0} % misses, {result.Evictions:N0} evictions, {result.BrokenInvariants} broken invariants");
        }
    }

    private static void OpenLarge(string folder)
    {
        const long Bytes = 1_000_000_000;
        string native = Path.Combine(folder, "large.gmmt");
        using (GmmtWriter writer = new(File.Create(native, 1), native))
        {
            Prng random = new(1);
            long time = 0;
            byte[] page = new byte[(int)Pages.SizeBytes];
            long start = Stopwatch.GetTimestamp();
            while (writer.WrittenBytes < Bytes)
            {
                // As a device records: uses, and now and then a page that the CPU wrote, with its bytes.
                time += (long)(random.Next() % 5000);
                ulong id = random.Next() % Objects;
                writer.Write(new TraceEvent { Kind = TraceKind.Use, TimeNs = time, ObjectId = id, SizeBytes = (1 + (random.Next() % 512)) * Pages.SizeBytes });
                if (writer.EventCount % 50 == 0)
                {
                    new Random((int)writer.EventCount).NextBytes(page);
                    writer.Write(new TraceEvent { Kind = TraceKind.CpuAccess, TimeNs = time, ObjectId = id, SizeBytes = Pages.SizeBytes, Flags = TraceFlags.Write, Contents = page });
                }
            }

            writer.Complete();
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Say($"gmmt writing  {writer.EventCount / seconds / 1e6,8:0.00} million events/s; {writer.EventCount:N0} events, {(double)writer.WrittenBytes / writer.EventCount:0.0} bytes each");
        }

        Open("gmmt, 1 GB", native);
        ReadAll("gmmt reading", native);

        // As a crash leaves it: without index, so every block is looked at.
        using (FileStream cut = new(native, FileMode.Open, FileAccess.ReadWrite))
        {
            cut.SetLength(cut.Length - 1_000_003);
        }

        Open("cut, 1 GB", native);
        File.Delete(native);
        string oracle = Path.Combine(folder, "large.oracleGeneral.bin");
        WriteZipf(oracle, (int)(Bytes / Record));
        Open("oracle, 1 GB", oracle);
        ReadAll("oracle reading", oracle);
    }

    private static void Open(string name, string path)
    {
        long start = Stopwatch.GetTimestamp();
        using ITraceReader reader = TraceFiles.Open(path);
        TraceEvent[] first = new TraceEvent[1];
        reader.Read(first);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Say($"{name,-13} {seconds * 1000,8:0.0} ms to open, find the format and read the first event (target 2000); {new FileInfo(path).Length:N0} bytes");
    }

    private static void ReadAll(string name, string path)
    {
        using ITraceReader reader = TraceFiles.Open(path);
        TraceEvent[] batch = new TraceEvent[1024];
        long events = 0;
        long start = Stopwatch.GetTimestamp();
        for (int count; (count = reader.Read(batch)) > 0;)
        {
            events += count;
        }

        Say($"{name,-13} {events / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6,8:0.00} million events/s");
    }

    // Zipf with exponent 1 over shuffled ids, whole pages, next accesses filled in backwards. Returns the bytes of all objects.
    private static ulong WriteZipf(string path, int requests)
    {
        double[] cumulative = new double[Objects];
        double sum = 0;
        for (int i = 0; i < Objects; i++)
        {
            cumulative[i] = sum += 1.0 / (i + 1);
        }

        Prng random = new(42);
        byte[] records = new byte[(long)requests * Record];
        HashSet<int> seen = [];
        ulong footprint = 0;
        for (int i = 0; i < requests; i++)
        {
            int rank = Array.BinarySearch(cumulative, random.NextDouble() * sum);
            rank = Math.Min(rank < 0 ? ~rank : rank, Objects - 1);
            uint size = (1 + (uint)(Prng.Mix((ulong)rank) % 64)) * 4096;
            footprint += seen.Add(rank) ? size : 0ul;
            Span<byte> record = records.AsSpan(i * Record, Record);
            BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)i);
            BinaryPrimitives.WriteUInt64LittleEndian(record[4..], Prng.Mix((ulong)rank + 1));
            BinaryPrimitives.WriteUInt32LittleEndian(record[12..], size);
        }

        Dictionary<ulong, long> next = [];
        for (int i = requests - 1; i >= 0; i--)
        {
            Span<byte> record = records.AsSpan(i * Record, Record);
            ulong id = BinaryPrimitives.ReadUInt64LittleEndian(record[4..]);
            BinaryPrimitives.WriteInt64LittleEndian(record[16..], next.GetValueOrDefault(id, -1));
            next[id] = i + 1;
        }

        File.WriteAllBytes(path, records);
        return footprint / Pages.SizeBytes * Pages.SizeBytes;
    }

    private static void Say(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
