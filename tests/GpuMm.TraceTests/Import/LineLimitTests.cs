using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using GpuMm.TestKit;
using GpuMm.Traces;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.TraceTests.Import;

/// <summary>Lines of any length up to the limit of their format are whole, wherever the buffer ends; longer ones are refused with their place.</summary>
public sealed class LineLimitTests
{
    private const int BufferBytes = 64 << 10;

    [Theory]
    [InlineData(BufferBytes - 1)]
    [InlineData(BufferBytes)]
    [InlineData(BufferBytes + 1)]
    [InlineData(5 * BufferBytes)]
    public void ALongLineIsWhole(int bytes)
    {
        string line = "7,8,9," + new string('x', bytes - 6);
        foreach (string end in (string[])["", "\n", "\r\n"])
        {
            Assert.Equal([8ul, 8ul, 8ul], Ids($"7,8,9\n{line}\n{line}{end}"));
        }
    }

    [Fact]
    public void ALineBeyondTheLimitIsRefusedWhereItBegins()
    {
        string most = "7,8,9," + new string('x', (1 << 20) - 6);
        Assert.Equal([8ul, 8ul, 8ul], Ids($"7,8,9\n{most[..^1]}\n7,8,9\n"));
        TraceFormatException refused = Assert.Throws<TraceFormatException>(() => Ids($"7,8,9\n7,8,9\n{most}x\n"));
        Assert.Equal(12, refused.Offset);
        Assert.Contains("line 3 is longer than 1048576 bytes", refused.Message, StringComparison.Ordinal);
    }

    // However long the text is: the buffer is used again.
    [Fact]
    public void AReaderOfLinesTakesNoMoreMemoryForMoreLines()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("# nothing\n", 400_000)) + "7,8,9\n");
        using ITraceReader reader = TraceFiles.Open(new MemoryStream(text), "x.csv", new TraceOpenOptions { From = "csv" });
        TraceEvent[] events = new TraceEvent[2];
        ManagedBytes bytes = ManagedBytes.Count();
        int count = reader.Read(events);
        long allocated = bytes.Allocated;
        Assert.Equal(1, count);
        Assert.InRange(allocated, 0, 4 * BufferBytes);
    }

    private static List<ulong> Ids(string text)
    {
        using ITraceReader reader = TraceFiles.Open(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x.csv");
        return Trace.ReadAll(reader).ConvertAll(static e => e.ObjectId);
    }
}
