using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using GpuMm.Benchmarks.League;
using GpuMm.Lab.League;
using GpuMm.Primitives;
using GpuMm.Traces;
using GpuMm.Traces.Format;
using GpuMm.Traces.Model;

namespace GpuMm.Benchmarks.Traces;

/// <summary><c>-- traces</c>: how fast large traces are written, opened and read; targets beside them.</summary>
internal static class TracesCommand
{
    private const int Objects = 763_053;

    public static int Run()
    {
        string folder = Directory.CreateTempSubdirectory("gpumm-bench-").FullName;
        try
        {
            OpenLarge(folder);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
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
        ZipfTrace.Write(oracle, (int)(Bytes / OracleRecord.SizeBytes), seed: 1, isOneSize: false);
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

    private static void Say(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
