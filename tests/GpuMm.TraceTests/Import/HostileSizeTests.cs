using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;
using GpuMm.Traces;
using GpuMm.Traces.Import;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.TraceTests.Import;

/// <summary>A few bytes that claim a lot: refused before the memory is asked for.</summary>
public sealed class HostileSizeTests
{
    [Fact]
    public void AShapeBeyondReasonIsCutWhateverItsFormat()
    {
        Assert.Equal(1ul << 46, VulkanImages.Bytes(131, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 32, ulong.MaxValue, 64));
        Assert.Equal(1ul << 46, VulkanImages.Bytes(37, ulong.MaxValue, ulong.MaxValue, 1, 1, 1, 1));
    }

    [Fact]
    public void StreamsOfTokensAreAddedUpBeforeTheyAreDecompressed()
    {
        // Five streams of one chunk each, all of them the same bytes, that say they are 512 MiB.
        const int Streams = 5;
        byte[] file = new byte[32 + 24 + (Streams * 24) + (Streams * 64)];
        "AMD_RDF "u8.CopyTo(file);
        int index = file.Length - (Streams * 64);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(16), index);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(24), Streams * 64);
        for (int i = 0; i < Streams; i++)
        {
            int header = 56 + (i * 24);
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(header + 16), i);
            Span<byte> entry = file.AsSpan(index + (i * 64), 64);
            "RmtData"u8.CopyTo(entry);
            entry[16] = 1;
            BinaryPrimitives.WriteInt64LittleEndian(entry[24..], header);
            BinaryPrimitives.WriteInt64LittleEndian(entry[32..], 24);
            BinaryPrimitives.WriteInt64LittleEndian(entry[40..], 32);
            BinaryPrimitives.WriteInt64LittleEndian(entry[48..], 24);
            BinaryPrimitives.WriteInt64LittleEndian(entry[56..], 512L << 20);
        }

        using ITraceReader reader = TraceFiles.Open(new MemoryStream(file), "claims.rmv");
        TraceFormatException refused = Assert.Throws<TraceFormatException>(() => reader.Read(new TraceEvent[1]));
        Assert.Contains("larger than 2 GiB", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TextOfAPickleIsLimitedAltogether()
    {
        MemoryStream pickle = new();
        pickle.Write([0x80, 4, (byte)']', (byte)'(']);
        for (int i = 0; i < 20; i++)
        {
            pickle.Write([0x8C, 10]);
            pickle.Write(Encoding.ASCII.GetBytes("0123456789"));
        }

        pickle.Write([(byte)'e', (byte)'.']);
        Assert.NotNull(new PickleReader(new MemoryStream(pickle.ToArray()), "p", maxAllTextBytes: 200).Read());
        TraceFormatException refused = Assert.Throws<TraceFormatException>(
            () => new PickleReader(new MemoryStream(pickle.ToArray()), "p", maxAllTextBytes: 199).Read());
        Assert.Contains("199 bytes of text", refused.Message, StringComparison.Ordinal);
    }
}
