using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using CsCheck;
using GpuMm.Traces;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.TraceTests.Import;

/// <summary>A trace of uses, read as uses, gives what its events say, and ends as they end.</summary>
public sealed class UseReaderTests(ITestOutputHelper output)
{
    private const int RecordBytes = 24;

    // Few, so that the end is near, and more than a buffer holds; whole records, and a rest; damaged in the middle when compressed.
    private static readonly Gen<(ulong Seed, int Records, int RestBytes, bool IsCompressed, bool IsDamaged)> s_case = Gen.Select(
        Gen.ULong, Gen.Frequency((9, Gen.Int[0, 300]), (1, Gen.Int[43_600, 43_800])), Gen.Frequency((1, Gen.Const(0)), (1, Gen.Int[1, RecordBytes - 1])),
        Gen.Bool, Gen.Bool);

    [Fact]
    public void UsesAreTheEvents()
    {
        int faults = 0;
        s_case.Sample(one =>
        {
            byte[] bytes = BytesOf(one.Seed, one.Records, one.RestBytes, one.IsCompressed, one.IsDamaged);
            string? expected = Read(bytes, one.Seed, ReadEvents, out List<TraceUse> events);
            string? fault = Read(bytes, ~one.Seed, static (reader, into) => ((IUseReader)reader).ReadUses(into), out List<TraceUse> uses);
            Assert.Equal(events, uses);
            Assert.Equal(expected, fault);
            System.Threading.Interlocked.Add(ref faults, fault is null ? 0 : 1);
            if (!one.IsCompressed)
            {
                Assert.Equal(one.RestBytes != 0, fault is not null);
                Assert.True(uses.Count >= one.Records / 2, "What lies before the fault is handed out.");
            }
        });
        output.WriteLine($"{faults} faults");
        Assert.True(faults > 10, $"{faults} faults");
    }

    [Fact]
    public void WhatLiesBeforeTheFaultIsHandedOut()
    {
        byte[] bytes = BytesOf(1, 10, 5, isCompressed: false, isDamaged: false);
        using ITraceReader reader = TraceFiles.Open(new MemoryStream(bytes), "x.oracleGeneral.bin", new TraceOpenOptions { From = "oracle" });
        TraceUse[] uses = new TraceUse[100];
        Assert.InRange(((IUseReader)reader).ReadUses(uses), 1, 10);
        TraceFormatException fault = Assert.Throws<TraceFormatException>(() => ((IUseReader)reader).ReadUses(uses));
        Assert.Equal(10 * RecordBytes, fault.Offset);
    }

    private static int ReadEvents(ITraceReader reader, TraceUse[] into)
    {
        TraceEvent[] events = new TraceEvent[into.Length];
        int count = reader.Read(events);
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(TraceKind.Use, events[i].Kind);
            into[i] = new TraceUse(events[i].ObjectId, events[i].SizeBytes, events[i].TimeNs);
        }

        return count;
    }

    // The fault that it ended with, or null. Batches are of any length.
    private static string? Read(byte[] bytes, ulong seed, Func<ITraceReader, TraceUse[], int> read, out List<TraceUse> uses)
    {
        Random random = new((int)(seed & int.MaxValue));
        uses = [];
        try
        {
            using ITraceReader reader = TraceFiles.Open(new MemoryStream(bytes), "x.oracleGeneral.bin", new TraceOpenOptions { From = "oracle" });
            TraceUse[] batch;
            for (int count; (count = read(reader, batch = new TraceUse[random.Next(1, 400)])) > 0;)
            {
                uses.AddRange(batch.AsSpan(0, count));
            }

            return null;
        }
        catch (TraceFormatException fault)
        {
            return fault.Message;
        }
    }

    private static byte[] BytesOf(ulong seed, int records, int restBytes, bool isCompressed, bool isDamaged)
    {
        Random random = new((int)(seed & int.MaxValue));
        byte[] bytes = new byte[(records * RecordBytes) + restBytes];
        random.NextBytes(bytes);
        for (int i = 0; i < records; i++)
        {
            Span<byte> record = bytes.AsSpan(i * RecordBytes, RecordBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)i);
            if (i % 7 == 3)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(record[12..], 0); // Of size 0: left out.
            }
        }

        if (!isCompressed)
        {
            return bytes;
        }

        using ZstdSharp.Compressor compressor = new(1);
        byte[] packed = compressor.Wrap(bytes).ToArray();
        return isDamaged && packed.Length > 40 ? packed[..random.Next(40, packed.Length)] : packed;
    }
}
