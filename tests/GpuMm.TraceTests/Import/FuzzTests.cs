using System;
using System.IO;
using CsCheck;
using GpuMm.Traces;
using GpuMm.Traces.Model;
using GpuMm.TraceTests.Format;
using Xunit;

namespace GpuMm.TraceTests.Import;

/// <summary>
/// Thousands of damaged recordings per importer: each is read to its end or refused with one error that has a place. No other
/// exception, no hang, and no more memory than the input accounts for.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    // Buffers, tables and the test's own batch; what grows must grow with the input.
    private const long FixedBytes = 24 << 20;
    private const long BytesPerInputByte = 4096;

    [Theory]
    [InlineData("gmmt")]
    [InlineData("oracle")]
    [InlineData("csv")]
    [InlineData("event-csv")]
    [InlineData("pytorch-csv")]
    [InlineData("pytorch")]
    [InlineData("pytorch-p2")]
    [InlineData("rmv")]
    [InlineData("ftrace")]
    [InlineData("ftrace-intel")]
    [InlineData("gfxr")]
    [InlineData("vma")]
    [InlineData("oracle-zst")]
    public void DamagedInputIsReadOrRefused(string name)
    {
        byte[] sample = Sample(name);
        string format = name.Split('-')[0] is "event" ? "csv" : name is "pytorch-csv" ? name : name.Split('-')[0];
        long refused = 0;
        long read = 0;
        Mutation.Some.Sample(
            mutations =>
            {
                byte[] input = Mutation.Apply(sample, mutations);
                bool isForced = mutations[0].Value % 4 != 0;
                int collections = GC.CollectionCount(0);
                long before = GC.GetAllocatedBytesForCurrentThread();
                bool isRead = TryRead(input, isForced ? format : null);
                long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                allocated -= 8192 * (1 + GC.CollectionCount(0) - collections); // Each may count that much that was not.
                Assert.True(allocated <= FixedBytes + (BytesPerInputByte * input.Length), $"{allocated} bytes for {input.Length}");
                System.Threading.Interlocked.Increment(ref isRead ? ref read : ref refused);
            },
            iter: Deep.FuzzInputs,
            writeLine: output.WriteLine);
        output.WriteLine($"{name}: {read} read, {refused} refused");
        Assert.True(read > 0 && refused > 0, $"{read} inputs were read and {refused} refused: the mutations are too weak or too strong.");
    }

    [Fact]
    public void APlantedCrashWouldBeSeen()
    {
        // The property above fails when a reader throws anything else.
        Assert.ThrowsAny<Exception>(() => Mutation.Some.Sample(
            static mutations => _ = Mutation.Apply([1, 2, 3], mutations).Length > 0 ? 1 : throw new InvalidOperationException("planted"), iter: 2_000));
    }

    private static bool TryRead(byte[] input, string? format)
    {
        try
        {
            using ITraceReader reader = TraceFiles.Open(new MemoryStream(input), "fuzzed", new TraceOpenOptions { From = format });
            TraceEvent[] batch = new TraceEvent[64];
            long events = 0;
            for (int count; (count = reader.Read(batch)) > 0;)
            {
                events += count;

                // Four events at most for what no format says in less than two bytes; zstd may hide more.
                Assert.True(events <= 4096 + (4096L * input.Length), "Events without end.");
            }

            return true;
        }
        catch (TraceFormatException failure)
        {
            Assert.True(failure.Offset >= 0, failure.Message);
            Assert.EndsWith(".", failure.Message, StringComparison.Ordinal);
            return false;
        }
    }

    private static byte[] Sample(string name) => name switch
    {
        "gmmt" => Trace.Native(NativeFormatTests.Sample(200)),
        "oracle" => Samples.Bytes("zipf1_20k.oracleGeneral.bin")[..(24 * 40)],
        "oracle-zst" => Compress(Samples.Bytes("zipf1_20k.oracleGeneral.bin")[..(24 * 40)]),
        "csv" => Samples.Bytes("requests.csv"),
        "event-csv" => EventTable(),
        "pytorch-csv" => Samples.Lines("medium_128_inference.events.csv", 40),
        "pytorch" => SmallPickles.Protocol4(Samples.Bytes("medium_128_inference.p4.pickle")),
        "pytorch-p2" => Samples.Bytes("medium_128_inference_head.p2.pickle"),
        "rmv" => SmallRdf.Shrink(Samples.Bytes("sample_trace.rmv"), 2000),
        "ftrace" => [.. Samples.Bytes("amdgpu_bugs.txt"), .. Samples.Lines("amdgpu_gpu_events.txt", 10)],
        "ftrace-intel" => Samples.Bytes("xe_i915.txt"),
        "gfxr" => Samples.Bytes("triangle.gfxr.jsonl"),
        _ => Samples.Bytes("vma_calls.csv"),
    };

    private static byte[] Compress(byte[] bytes)
    {
        using ZstdSharp.Compressor compressor = new(3);
        return compressor.Wrap(bytes).ToArray();
    }

    private static byte[] EventTable()
    {
        MemoryStream stream = new();
        using (GpuMm.Traces.Export.CsvTraceWriter writer = new(stream))
        {
            foreach (TraceEvent e in NativeFormatTests.Sample(30))
            {
                writer.Write(e);
            }
        }

        return stream.ToArray();
    }
}
