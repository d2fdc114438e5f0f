using System.IO;
using BenchmarkDotNet.Attributes;
using GpuMm.Traces.Format;
using GpuMm.Traces.Model;

namespace GpuMm.Benchmarks.Traces;

/// <summary>The native format in the steady state: one event written, one event read, without the disk.</summary>
[MemoryDiagnoser]
public class NativeFormatBenchmarks
{
    private const int Events = 100_000;

    private readonly TraceEvent[] _batch = new TraceEvent[1024];
    private byte[] _file = [];

    [GlobalSetup]
    public void Setup()
    {
        MemoryStream stream = new();
        Fill(stream);
        _file = stream.ToArray();
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public long Write() => Fill(Stream.Null);

    [Benchmark(OperationsPerInvoke = Events)]
    public long Read()
    {
        using GmmtReader reader = new(new MemoryStream(_file, writable: false), "bench.gmmt");
        long sum = 0;
        for (int count; (count = reader.Read(_batch)) > 0;)
        {
            sum += count;
        }

        return sum;
    }

    private static long Fill(Stream stream)
    {
        using GmmtWriter writer = new(stream, "bench.gmmt");
        for (int i = 0; i < Events; i++)
        {
            writer.Write(new TraceEvent { Kind = TraceKind.Use, TimeNs = i * 700L, ObjectId = (ulong)(i * 7919 % 4001), SizeBytes = 65536 });
        }

        writer.Complete();
        return writer.WrittenBytes;
    }
}
