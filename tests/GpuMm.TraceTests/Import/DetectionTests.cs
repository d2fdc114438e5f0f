using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Text;
using GpuMm.Traces;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.TraceTests.Import;

/// <summary>What bytes alone tell: formats that cannot be read are named with the way out, and records of libCacheSim are known by their order.</summary>
public sealed class DetectionTests
{
    [Theory]
    [InlineData("GFXR", "", "binary gfxreconstruct capture", "gfxrecon-convert")]
    [InlineData("MINI", "", "layout before RDF", "Radeon Memory Visualizer")]
    [InlineData("PAR1", "", "Parquet", "the trace that it was made from")]
    [InlineData("", "1F8B08", "gzip", "Decompress")]
    [InlineData("PK", "0304", "zip archive", "Unpack")]
    [InlineData("", "17084474726163696E67", "binary trace-cmd", "trace-cmd report")]
    [InlineData("", "00", "fits no format", "--from")]
    [InlineData("GFX", "00", "fits no format", "--from")]
    [InlineData("", "1F8C", "fits no format", "--from")]
    [InlineData("", "8001", "fits no format", "--from")]
    [InlineData("", "8006", "fits no format", "--from")]
    public void WhatCannotBeReadIsNamed(string text, string bytes, string what, string fix)
    {
        byte[] file = [.. Encoding.ASCII.GetBytes(text), .. Convert.FromHexString(bytes), 0];
        string message = Assert.Throws<TraceFormatException>(() => TraceFiles.Open(new MemoryStream(file), "x")).Message;
        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.Contains(fix, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8002", "pytorch")]
    [InlineData("8005", "pytorch")]
    [InlineData("414D445F52444620", "rmv")]
    [InlineData("28B52FFD", null)] // zstd, and nothing in it.
    public void ABinaryFormatIsKnownByItsFirstBytes(string bytes, string? format)
    {
        MemoryStream file = new([.. Convert.FromHexString(bytes), 1]);
        if (format is null)
        {
            Assert.Contains("cannot be decompressed", Assert.Throws<TraceFormatException>(() => TraceFiles.Open(file, "x")).Message, StringComparison.Ordinal);
            return;
        }

        using ITraceReader reader = TraceFiles.Open(file, "x");
        Assert.Equal(format, reader.Description.Format);
    }

    // What the reader of tables takes for a row is one here, too.
    [Theory]
    [InlineData("2,8,4096", true)]
    [InlineData("\"2\",\"8\",\"4096\"", true)]
    [InlineData(" \"2\" ; \"8\" ; \"4096\"", true)]
    [InlineData("18446744073709551615|8|4096", true)]
    [InlineData("\"two\",\"8\",\"4096\"", false)]
    [InlineData("-2,8,4096", false)]
    public void ATableWithoutAHeaderIsKnownByItsFirstTime(string row, bool isTable)
    {
        MemoryStream file = new(Encoding.UTF8.GetBytes(row + "\n"));
        if (!isTable)
        {
            Assert.Contains("fits no format", Assert.Throws<TraceFormatException>(() => TraceFiles.Open(file, "x")).Message, StringComparison.Ordinal);
            return;
        }

        using ITraceReader reader = TraceFiles.Open(file, "x");
        TraceEvent[] uses = new TraceEvent[2];
        Assert.Equal(1, reader.Read(uses));
        Assert.Equal((TraceKind.Use, 8ul, 4096ul), (uses[0].Kind, uses[0].ObjectId, uses[0].SizeBytes));
    }

    // Seconds and next uses of records: whole records in the order of time, and what is used next lies ahead.
    [Theory]
    [InlineData("0 -1", true)]
    [InlineData("0 9223372036854775807", true)]
    [InlineData("5 2, 5 -1", true)]
    [InlineData("5 2, 6 3, 7 4, 7 -1", true)]
    [InlineData("5 281474976710655", true)]
    [InlineData("5 281474976710656", false)] // 2^48
    [InlineData("5 0", false)]
    [InlineData("5 1, 5 1", false)] // The first is record 1, the next use of the second lies ahead of it.
    [InlineData("5 2, 4 -1", false)]
    [InlineData("5 -2", false)]
    public void RecordsAreKnownByTheirOrder(string records, bool isOracle)
    {
        byte[] file = [.. records.Split(", ").SelectMany(static record => Record(record.Split(' ')))];
        foreach (int rest in (int[])[0, 1, 23])
        {
            byte[] cut = [.. file, .. new byte[rest]];
            if (isOracle && rest == 0)
            {
                using ITraceReader reader = TraceFiles.Open(new MemoryStream(cut), "x");
                Assert.Equal(("oracle", 1.0), (reader.Description.Format, reader.Description.EventCount is { } count ? (double)count / records.Split(',').Length : 0));
            }
            else
            {
                Assert.Throws<TraceFormatException>(() => TraceFiles.Open(new MemoryStream(cut), "x"));
            }
        }
    }

    [Fact]
    public void AnEmptyFileIsReadWhenItsFormatIsGiven()
    {
        foreach (string format in (string[])["oracle", "csv", "event-csv"])
        {
            using ITraceReader reader = TraceFiles.Open(new MemoryStream(), "x", new TraceOpenOptions { From = format[^3..] == "csv" ? "csv" : format });
            Assert.Empty(Trace.ReadAll(reader));
            Assert.Equal(1, reader.Progress);
        }

        Assert.Contains("the file is empty", Assert.Throws<TraceFormatException>(() => TraceFiles.Open(new MemoryStream(), "x")).Message, StringComparison.Ordinal);
    }

    // Reading tells how far it is.
    [Theory]
    [InlineData("oracle")]
    [InlineData("csv")]
    public void ProgressGoesFromNothingToOne(string format)
    {
        byte[] file = format == "oracle" ? [.. Enumerable.Range(0, 100_000).SelectMany(static _ => Record(["1", "-1"]))] : Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("1,2,3\n", 200_000)));
        using ITraceReader reader = TraceFiles.Open(new MemoryStream(file), "x", new TraceOpenOptions { From = format });
        Assert.Equal(0, reader.Progress);
        reader.Read(new TraceEvent[10]);
        Assert.InRange(reader.Progress, 0.01, 0.99);
        Trace.ReadAll(reader, 4096);
        Assert.Equal(1, reader.Progress);
    }

    private static byte[] Record(string[] words)
    {
        byte[] record = new byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(record, uint.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12), 4096);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(16), long.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture));
        return record;
    }
}
