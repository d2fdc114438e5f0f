using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CsCheck;
using GpuMm.TestKit;
using GpuMm.Traces.Format;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.TraceTests.Format;

/// <summary>The native format keeps every event, finds every damage, and loses at most the last block.</summary>
public sealed class NativeFormatTests(ITestOutputHelper output)
{
    [Fact]
    public void WhatIsWrittenIsReadBack() =>
        Gen.Select(TraceGen.Event.Array[0, 400], Gen.Int[0, 2], Gen.Int[1, 70]).Sample(
            static (events, level, batch) =>
            {
                using GmmtReader reader = Trace.Open(Trace.Native(events, level: level));
                Assert.Equal(events.Length, reader.Description.EventCount);
                Assert.Equal("test", reader.Description.Properties["source"]);
                Assert.True(reader.IsComplete);
                Assert.Equal(events, Trace.ReadAll(reader, batch));
            },
            iter: 300,
            writeLine: output.WriteLine);

    [Fact]
    public void CutOffAtAnyByteItKeepsEveryBlockBeforeTheCut()
    {
        TraceEvent[] events = Sample(600);
        byte[] whole = Trace.Native(events);
        long[] blockEnds = BlockEnds(whole, out int[] eventsBefore);
        Assert.True(blockEnds.Length > 4, "The sample fills several blocks.");
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            GmmtReader reader;
            try
            {
                reader = Trace.Open(cut);
            }
            catch (TraceFormatException failure)
            {
                Assert.True(length < blockEnds[0], $"A trace of {length} bytes has no whole header: {failure.Message}");
                continue;
            }

            int index = Array.FindLastIndex(blockEnds, end => end <= length);
            int expected = index < 0 ? 0 : eventsBefore[index];
            Assert.False(reader.IsComplete);
            Assert.Contains("cut off or is damaged", reader.Warning, StringComparison.Ordinal);
            Assert.Equal(events[..expected], Trace.ReadAll(reader));
            reader.Dispose();
        }
    }

    [Fact]
    public void OneFlippedBitInAnyByteIsFound()
    {
        TraceEvent[] events = Sample(260);
        byte[] whole = Trace.Native(events);
        for (int at = 0; at < whole.Length; at++)
        {
            // Each byte, and over the bytes each bit in turn; GPUMM_DEEP tries all eight.
            for (int bit = Deep.IsOn ? 0 : at % 8; bit < 8; bit += Deep.IsOn ? 1 : 8)
            {
                byte[] damaged = [.. whole];
                damaged[at] ^= (byte)(1 << bit);
                List<TraceEvent> read = [];
                try
                {
                    using GmmtReader reader = Trace.Open(damaged);
                    bool isComplete = reader.IsComplete;
                    TraceEvent[] one = new TraceEvent[1];
                    while (reader.Read(one) > 0)
                    {
                        read.Add(one[0]);
                    }

                    Assert.False(isComplete, $"Bit {bit} of byte {at} went unnoticed.");
                }
                catch (TraceFormatException failure)
                {
                    Assert.InRange(failure.Offset, 0, whole.Length);
                }

                Assert.Equal(events[..read.Count], read); // Never a wrong event.
            }
        }
    }

    [Fact]
    public void WithoutItsIndexItReadsTheSame()
    {
        TraceEvent[] events = Sample(1000);
        using GmmtReader reader = Trace.Open(Trace.Native(events, complete: false));
        Assert.False(reader.IsComplete);
        Assert.Equal(events, Trace.ReadAll(reader));
    }

    [Fact]
    public void SeekingFindsTheFirstEventAtOrAfterATime() =>
        Gen.Select(TraceGen.Ordered(600), Gen.Int[0, 1000]).Sample(
            static (events, permille) =>
            {
                long last = events.Length == 0 ? 0 : events[^1].TimeNs;
                long time = last * permille / 900; // Also past the end.
                using GmmtReader reader = Trace.Open(Trace.Native(events));
                reader.SeekTo(time);
                Assert.Equal(events.SkipWhile(e => e.TimeNs < time), Trace.ReadAll(reader));
                reader.SeekTo(0);
                Assert.Equal(events, Trace.ReadAll(reader));
            },
            iter: 200,
            writeLine: output.WriteLine);

    [Fact]
    public void WritingAllocatesNothingPerEvent()
    {
        using GmmtWriter writer = new(Stream.Null, "null.gmmt");
        TraceEvent e = new() { Kind = TraceKind.Use, ObjectId = 7, SizeBytes = 4096 };
        for (int i = 0; i < 200_000; i++)
        {
            writer.Write(e with { TimeNs = i * 100L });
        }

        ManagedBytes bytes = ManagedBytes.Count();
        for (int i = 200_000; i < 205_000; i++)
        {
            writer.Write(e with { TimeNs = i * 100L, ObjectId = (ulong)i % 999 });
        }

        Assert.Equal(0, bytes.Allocated);
    }

    [Fact]
    public void LimitsAreRefusedBeforeAnythingIsWritten()
    {
        MemoryStream stream = new();
        using GmmtWriter writer = new(stream, "test.gmmt");
        long length = stream.Length;
        Assert.Throws<ArgumentException>(() => writer.Write(new TraceEvent { Name = new string('x', 5000) }));
        Assert.Throws<ArgumentException>(() => writer.Write(new TraceEvent { Contents = new byte[(4 << 20) + 1] }));
        writer.Write(new TraceEvent { Contents = new byte[4 << 20] });
        writer.Flush();
        Assert.True(stream.Length > length);
        Assert.Equal(1, writer.EventCount);
        Assert.Throws<ArgumentOutOfRangeException>(() => new GmmtWriter(Stream.Null, "x", null, new GmmtWriterOptions { BlockBytes = 100 }));
    }

    [Fact]
    public void ALaterVersionIsRefusedWithItsNumber()
    {
        byte[] bytes = Trace.Native([]);
        bytes[8] = 2;
        GmmtLayoutTestHooks.RepairHeader(bytes);
        TraceFormatException failure = Assert.Throws<TraceFormatException>(() => Trace.Open(bytes));
        Assert.Contains("version 2", failure.Message, StringComparison.Ordinal);
        Assert.Equal(8, failure.Offset);
    }

    internal static TraceEvent[] Sample(int count)
    {
        TraceEvent[] events = new TraceEvent[count];
        for (int i = 0; i < count; i++)
        {
            events[i] = new TraceEvent
            {
                Kind = (TraceKind)(i % 37),
                TimeNs = i * 1500L,
                ObjectId = (ulong)(i * 7919 % 97),
                SizeBytes = (ulong)i * 4096,
                OffsetBytes = unchecked((ulong)i * 0x9E3779B97F4A7C15),
                ClientId = i % 3,
                Name = i % 5 == 0 ? $"texture {i}" : null,
                RelatedId = unchecked((ulong)i * 0xD1342543DE82EF95) >> 20,
            };
        }

        return events;
    }

    // From the index of the whole file, which the tests above prove right.
    private static long[] BlockEnds(byte[] whole, out int[] eventsBefore)
    {
        GmmtDirectory directory = GmmtDirectory.Read(new MemoryStream(whole), "whole");
        eventsBefore = [0, .. directory.Blocks.Select(static b => (int)b.FirstEvent + b.EventCount)];
        return [directory.Blocks[0].Offset, .. directory.Blocks.Select(static b => b.Offset + b.TotalBytes)];
    }
}
