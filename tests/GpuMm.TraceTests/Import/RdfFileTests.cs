using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using GpuMm.Traces;
using GpuMm.Traces.Import;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.TraceTests.Import;

/// <summary>The container of Radeon traces, built here from its specification: where chunks may lie, what they say, and how streams become one.</summary>
public sealed class RdfFileTests
{
    // Offsets in an entry of the index.
    private const int Compression = 16;
    private const int HeaderAt = 24;
    private const int HeaderSize = 32;
    private const int DataAt = 40;
    private const int DataSize = 48;
    private const int RawSize = 56;

    [Fact]
    public void StreamsAreOneInTheOrderOfTheirClocksAndBeginAtZero()
    {
        byte[] first = [.. RmtTokenTests.Clock(100), .. Misc(0), .. Misc(1), .. RmtTokenTests.Clock(104), .. Misc(2)];
        byte[] second = [.. RmtTokenTests.Clock(98), .. Misc(4), .. RmtTokenTests.Clock(102), .. Misc(5)];
        Assert.Equal(
            [("invalidate", 0L), ("graphics", 6400L), ("compute", 6400L), ("flush", 12_800L), ("copy", 19_200L)],
            Read(Build(Tokens(first, 1), Tokens(second, 0))).Select(static e => (e.Name!, e.TimeNs)));
    }

    [Fact]
    public void AStreamMayLieInSeveralChunksCutAnywhere()
    {
        byte[] whole = [.. RmtTokenTests.Clock(1), .. Misc(0), .. Misc(1), .. Misc(2), .. RmtTokenTests.Token(8, 6, (8, 32, 99))];
        string[] expected = ["graphics", "compute", "copy", "process starts"];
        for (int cut = 0; cut <= whole.Length; cut++)
        {
            byte[] file = Build(Tokens(whole[..cut], 5), Tokens([.. RmtTokenTests.Clock(1)], 6), Tokens(whole[cut..], 5) with { IsCompressed = true });
            Assert.Equal(expected, Read(file).Select(static e => e.Name));
        }
    }

    // Images are a byte longer from version 1.6 on.
    [Theory]
    [InlineData(1, 5, 38)]
    [InlineData(1, 6, 39)]
    [InlineData(0, 9, 38)]
    [InlineData(2, 0, 39)]
    public void TheVersionOfAStreamIsTheOneOfItsHeader(int major, int minor, int payload)
    {
        byte[] tokens = [.. RmtTokenTests.Clock(1), .. RmtTokenTests.Token(13, 7 + payload, (48, 6, 0)), .. Misc(2)];
        Assert.Equal("copy", Assert.Single(Read(Build(Tokens(tokens, 0, major, minor)))).Name);
    }

    [Fact]
    public void AdapterAndSegmentsAreDescribed()
    {
        byte[] adapter = new byte[172];
        "A card"u8.CopyTo(adapter);
        for (int i = 0; i < 11; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(adapter.AsSpan(128 + (4 * i)), 1000 + i); // The ninth is the bandwidth.
        }

        byte[] segments = new byte[4 * 24];
        for (int i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(segments.AsSpan(24 * i), i);
            BinaryPrimitives.WriteInt64LittleEndian(segments.AsSpan((24 * i) + 8), i == 1 ? 4096 : 0);
            BinaryPrimitives.WriteInt64LittleEndian(segments.AsSpan((24 * i) + 16), 4096 * (i + 1));
        }

        // Pages behind both parts of the card's own memory are not the card's.
        static byte[] Map(ulong page) => RmtTokenTests.Token(3, 18, (8, 36, 1), (44, 36, page), (80, 20, 1));
        byte[] tokens = [.. RmtTokenTests.Clock(1), .. Map(2), .. Map(3)];
        using ITraceReader reader = Open(Build(new Chunk("AdapterInfo", [], adapter), new Chunk("GpuMemSegment", [], segments), Tokens(tokens, 0)));
        Assert.Equal([MemoryDomain.Vram, MemoryDomain.Gtt], Trace.ReadAll(reader).Select(static e => e.To));
        Assert.Equal(
            ["adapter=A card", "bandwidth_mib_per_s=1008", "segment_invisible_bytes=8192", "segment_local_bytes=4096", "segment_other_bytes=16384", "segment_system_bytes=12288"],
            reader.Description.Properties.Select(static p => $"{p.Key}={p.Value}"));

        adapter.AsSpan(0, 128).Fill((byte)'x');
        using ITraceReader full = Open(Build(new Chunk("AdapterInfo", [], adapter), Tokens(tokens, 0)));
        Trace.ReadAll(full);
        Assert.Equal(new string('x', 128), full.Description.Properties["adapter"]);
        using ITraceReader cut = Open(Build(new Chunk("AdapterInfo", [], adapter[..171]), new Chunk("GpuMemSegment", [], segments[..23]), Tokens(tokens, 0)));
        Trace.ReadAll(cut);
        Assert.Empty(cut.Description.Properties);
    }

    // What an entry of the index says, beside how long the file is; 0 is the exact end.
    [Theory]
    [InlineData(HeaderAt, -24, true)]
    [InlineData(HeaderAt, -23, false)]
    [InlineData(HeaderAt, 1, false)]
    [InlineData(DataAt, -14, true)]
    [InlineData(DataAt, -13, false)]
    [InlineData(DataAt, 1, false)]
    public void AChunkMayEndWithTheFileAndNotBehindIt(int field, int behind, bool isIn)
    {
        byte[] file = Build(Tokens([.. RmtTokenTests.Clock(1), .. Misc(0)], 0));
        byte[] tail = field == HeaderAt ? Header(0, 1, 8) : [.. RmtTokenTests.Clock(1), .. Misc(0)];
        byte[] longer = [.. file, .. tail];
        SetEntry(longer, field, longer.Length + behind);
        if (isIn)
        {
            Assert.Equal("graphics", Assert.Single(Read(longer)).Name);
        }
        else
        {
            AssertRefused(longer, "points outside the file", IndexOf(longer));
        }
    }

    [Theory]
    [InlineData(HeaderAt, -1L)]
    [InlineData(HeaderSize, -1L)]
    [InlineData(HeaderSize, long.MaxValue)]
    [InlineData(HeaderAt, long.MaxValue)]
    [InlineData(DataAt, -1L)]
    [InlineData(DataAt, long.MaxValue)]
    [InlineData(DataSize, -1L)]
    [InlineData(DataSize, long.MaxValue)]
    [InlineData(RawSize, -1L)]
    [InlineData(RawSize, RdfContainer.MaxChunkBytes + 1L)]
    [InlineData(Compression, 2L)]
    public void AnEntryThatNamesNoChunkIsRefused(int field, long value)
    {
        byte[] file = Build(Tokens([.. RmtTokenTests.Clock(1), .. Misc(0)], 0));
        SetEntry(file, field, value);
        AssertRefused(file, "points outside the file", IndexOf(file));
    }

    [Theory]
    [InlineData(16, 1L)] // Offset of the index, beside what it was.
    [InlineData(16, -1_000_000L)]
    [InlineData(24, 1L)] // Its size
    [InlineData(24, 64L)]
    [InlineData(24, -1_000_000L)]
    public void AnIndexThatLiesNotInTheFileIsRefused(int field, long more)
    {
        byte[] file = Build(Tokens([.. RmtTokenTests.Clock(1), .. Misc(0)], 0));
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(field), BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(field)) + more);
        AssertRefused(file, "the index", 16);
    }

    [Fact]
    public void AHeaderAloneIsNoTrace()
    {
        AssertRefused(Build(), "no stream of memory tokens", 0);
        AssertRefused(Build()[..31], "this is no RDF file", 0);
        AssertRefused(Build(new Chunk("RmtData", new byte[23], [.. RmtTokenTests.Clock(1)])), "has 23 bytes, not 24", 32);
        Assert.Empty(Read(Build(new Chunk("RmtData", new byte[24], []))));
        Assert.Single(Read(Build(new Chunk("SixteenCharsLong", [], [1]), Tokens([.. RmtTokenTests.Clock(1), .. Misc(0)], 0))));
    }

    [Fact]
    public void ACompressedChunkHasTheSizeThatIsSaid()
    {
        byte[] tokens = [.. RmtTokenTests.Clock(1), .. Misc(0)];
        byte[] file = Build(Tokens(tokens, 0) with { IsCompressed = true });
        Assert.Single(Read(file));
        SetEntry(file, RawSize, tokens.Length - 1);
        AssertRefused(file, "does not decompress to the 13 bytes", 32 + 24);
        SetEntry(file, RawSize, tokens.Length);
        file[32 + 24] ^= 0xFF; // Not what zstd begins with.
        Assert.Throws<TraceFormatException>(() => Read(file));
    }

    [Theory]
    [InlineData(new byte[] { 5, 0 }, "does not begin with a timestamp", 0)]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "frequency of 0", 0)]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2 }, "type 2 has a form that is not known", 12)]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 5 }, "(type 5) needs 2 bytes, 1 are left", 12)]
    public void ATokenThatCannotBeReadIsRefusedWhereItLies(byte[] tokens, string what, int at) => AssertRefused(Build(Tokens(tokens, 0)), what, 32 + 24 + at);

    private static byte[] Misc(ulong what) => RmtTokenTests.Token(5, 2, (8, 4, what));

    private static byte[] Header(int stream, int major, int minor)
    {
        byte[] header = new byte[24];
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), stream);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(20), (short)major);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(22), (short)minor);
        return header;
    }

    private static Chunk Tokens(byte[] tokens, int stream, int major = 1, int minor = 8) => new("RmtData", Header(stream, major, minor), tokens);

    // The header, each chunk's header and data, the index.
    private static byte[] Build(params Chunk[] chunks)
    {
        MemoryStream file = new();
        file.Write(new byte[32]);
        byte[] index = new byte[64 * chunks.Length];
        for (int i = 0; i < chunks.Length; i++)
        {
            Chunk chunk = chunks[i];
            using ZstdSharp.Compressor compressor = new(1);
            byte[] data = chunk.IsCompressed ? compressor.Wrap(chunk.Data).ToArray() : chunk.Data;
            Span<byte> entry = index.AsSpan(64 * i, 64);
            Encoding.ASCII.GetBytes(chunk.Id).CopyTo(entry);
            entry[Compression] = chunk.IsCompressed ? (byte)1 : (byte)0;
            BinaryPrimitives.WriteInt64LittleEndian(entry[HeaderAt..], file.Length);
            BinaryPrimitives.WriteInt64LittleEndian(entry[HeaderSize..], chunk.Header.Length);
            file.Write(chunk.Header);
            BinaryPrimitives.WriteInt64LittleEndian(entry[DataAt..], file.Length);
            BinaryPrimitives.WriteInt64LittleEndian(entry[DataSize..], data.Length);
            BinaryPrimitives.WriteInt64LittleEndian(entry[RawSize..], chunk.IsCompressed ? chunk.Data.Length : 0);
            file.Write(data);
        }

        long at = file.Length;
        file.Write(index);
        byte[] bytes = file.ToArray();
        "AMD_RDF "u8.CopyTo(bytes);
        bytes[8] = 3;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), at);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), index.Length);
        return bytes;
    }

    private static int IndexOf(byte[] file) => (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(16));

    private static void SetEntry(byte[] file, int field, long value)
    {
        Span<byte> place = file.AsSpan(IndexOf(file) + field);
        if (field == Compression)
        {
            place[0] = (byte)value;
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(place, value);
        }
    }

    private static void AssertRefused(byte[] file, string what, int at)
    {
        TraceFormatException refused = Assert.Throws<TraceFormatException>(() => Read(file));
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        Assert.Equal(at, refused.Offset);
    }

    private static ITraceReader Open(byte[] file) => TraceFiles.Open(new MemoryStream(file), "x.rmv", new TraceOpenOptions { From = "rmv" });

    private static List<TraceEvent> Read(byte[] file)
    {
        using ITraceReader reader = Open(file);
        return Trace.ReadAll(reader);
    }

    private sealed record Chunk(string Id, byte[] Header, byte[] Data, bool IsCompressed = false);
}
