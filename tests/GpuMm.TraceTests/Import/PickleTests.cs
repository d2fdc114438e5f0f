using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using GpuMm.Traces;
using GpuMm.Traces.Import;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.TraceTests.Import;

/// <summary>Pickles opcode by opcode, as Python documents them, and what a snapshot of PyTorch says in them.</summary>
public sealed class PickleTests
{
    // Bytes in hexadecimal, text between quotes.
    [Theory]
    [InlineData("8004 N .", "null")]
    [InlineData("8000 88 .", "true")]
    [InlineData("8005 89 .", "false")]
    [InlineData("9500000000000000FF K FF .", "255")]
    [InlineData("M FEFF .", "65534")]
    [InlineData("J FEFFFFFF .", "-2")]
    [InlineData("J FFFFFF7F .", "2147483647")]
    [InlineData("8A 00 .", "0")]
    [InlineData("8A 01 FF .", "-1")]
    [InlineData("8A 01 7F .", "127")]
    [InlineData("8A 02 0080 .", "-32768")]
    [InlineData("8A 05 0000000001 .", "4294967296")]
    [InlineData("8A 07 000000000000FF .", "-281474976710656")]
    [InlineData("8A 08 FFFFFFFFFFFFFF7F .", "9223372036854775807")]
    [InlineData("8A 08 0000000000000080 .", "-9223372036854775808")]
    [InlineData("8A 09 000000000000008000 .", "-9223372036854775808")] // Above 2^63: it keeps its bits.
    [InlineData("8B 02000000 FF00 .", "255")]
    [InlineData("G 3FF8000000000000 .", "1.5")]
    [InlineData("8C 02 'ab' .", "ab")]
    [InlineData("X 03000000 'abc' .", "abc")]
    [InlineData("8D 0100000000000000 'a' .", "a")]
    [InlineData("8C 00 .", "")]
    [InlineData("} .", "0 items, a null, b null")]
    [InlineData("] .", "[]")]
    [InlineData(") .", "[]")]
    [InlineData("K 01 85 .", "[1]")]
    [InlineData("K 01 K 02 86 .", "[1 2]")]
    [InlineData("K 01 K 02 K 03 87 .", "[1 2 3]")]
    [InlineData("K 09 ( K 01 K 02 t .", "[1 2]")]
    [InlineData("( t .", "[]")]
    [InlineData("] K 01 a K 02 a .", "[1 2]")]
    [InlineData("] ( K 01 K 02 e .", "[1 2]")]
    [InlineData("] ( ] ( K 01 e ] e .", "[[1] []]")]
    [InlineData("} 8C 01 'a' K 01 s .", "1 items, a 1, b null")]
    [InlineData("} ( 8C 01 'a' K 01 8C 01 'b' N u .", "2 items, a 1, b null")]
    [InlineData("} ( 8C 01 'a' K 01 8C 01 'a' K 02 u .", "2 items, a 2, b null")] // The last counts.
    [InlineData("K 05 94 K 06 94 h 00 .", "5")]
    [InlineData("K 05 94 K 06 94 h 01 .", "6")]
    [InlineData("K 05 q 01 K 06 q 02 h 01 .", "5")] // Some begin with 1.
    [InlineData("K 05 r 00000000 K 06 j 00000000 .", "5")]
    [InlineData("K 05 q 00 K 06 q 00 h 00 .", "6")]
    public void AnOpcodeIsItsValue(string pickle, string expected) => Assert.Equal(expected, Spell(new PickleReader(new MemoryStream(Bytes(pickle)), "p").Read()));

    [Theory]
    [InlineData("8006 N .", "protocol after 5", 0)]
    [InlineData("N 8A 0A 00000000000000000000 .", "a number has 10 bytes", 1)]
    [InlineData("8B 09000000 000000000000000000 .", "a length is 9", 0)]
    [InlineData("X 01000001 .", "a length is 16777217", 0)]
    [InlineData("8D 0000000001000000 .", "a length is 4294967296", 0)]
    [InlineData("K 01 q 02 .", "memo entry 2 is set", 2)]
    [InlineData("K 01 94 h 01 .", "memo entry 1 was never set", 3)]
    [InlineData("j FFFFFF7F .", "was never set", 0)]
    [InlineData("q 00 .", "the stack is empty", 0)]
    [InlineData(".", "the stack is empty", 0)]
    [InlineData("K 01 86 .", "the stack is empty", 2)]
    [InlineData("K 01 ( 85 .", "the stack is empty", 3)] // What lies under a mark is not its own.
    [InlineData("] ( a .", "the stack is empty", 2)]
    [InlineData("K 01 K 02 a .", "no list", 4)]
    [InlineData("] K 01 K 02 s .", "no dict", 5)]
    [InlineData("} ( K 01 u .", "no dict", 4)]
    [InlineData("} K 01 K 02 s .", "a key that is no text", 5)]
    [InlineData("t .", "a mark is missing", 0)]
    [InlineData("e .", "a mark is missing", 0)]
    [InlineData("K 01", "ends before its STOP", 2)]
    [InlineData("8C 05 'ab'", "ends before its STOP", 4)]
    [InlineData("N c 'os' 0A 'system' 0A .", "may run code", 1)]
    [InlineData("N R .", "may run code", 1)]
    [InlineData("N b .", "may run code", 1)]
    public void WhatIsNoPlainDataIsRefusedWhereItStands(string pickle, string what, int at)
    {
        TraceFormatException refused = Assert.Throws<TraceFormatException>(() => new PickleReader(new MemoryStream(Bytes(pickle)), "p").Read());
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        Assert.Equal(at, refused.Offset);
    }

    [Fact]
    public void ATextMayBeLongerThanAnyBuffer()
    {
        string text = string.Concat(Enumerable.Range(0, 40_000).Select(static i => i.ToString(CultureInfo.InvariantCulture)));
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        byte[] pickle = [.. Bytes("N 94 X"), .. length, .. Encoding.ASCII.GetBytes(text), (byte)'.'];
        Assert.Equal(text, new PickleReader(new MemoryStream(pickle), "p").Read());
    }

    [Fact]
    public void DevicesAreOneInTheOrderOfTimeAndThenOfRecording()
    {
        List<TraceEvent> events = Snapshot([Row("a", 0, 0, 7), Row("b", 0, 0, 5)], [Row("c", 0, 0, 5), Row("d", 0, 0, 4)]);
        Assert.Equal(["d", "b", "c", "a"], events.Select(static e => e.Name));
        Assert.Equal([0L, 1000, 1000, 3000], events.Select(static e => e.TimeNs));
    }

    // Address 1 is freed and never allocated, 2 likewise, 3 is allocated first, 4 is freed twice; of the segments 5 and 6 are in use.
    [Fact]
    public void WhatLivedBeforeTheFirstEventBeginsAtTheStart()
    {
        Dictionary<string, object> segment = new()
        {
            ["stream"] = 9L,
            ["blocks"] = new List<object>
            {
                Block(3, 30, 31, "active_allocated"), Block(5, 50, 51, "active_allocated"), Block(6, 60, 0, "active_pending_free"), Block(7, 70, 71, "inactive"), Block(5, 1, 1, "active_allocated"),
            },
        };
        List<TraceEvent> events = Snapshot(
            [
                Row("free_requested", 1, 10, 1), Row("free_completed", 1, 10, 2), Row("alloc", 1, 11, 3), Row("free_completed", 2, 20, 4), Row("alloc", 3, 30, 5),
                Row("free_completed", 4, 40, 6), Row("free_completed", 4, 40, 7),
            ],
            segments: [segment]);
        Assert.Equal(
            [(1ul, 10ul, 0), (2ul, 20ul, 0), (4ul, 40ul, 0), (5ul, 51ul, 9), (6ul, 60ul, 9)],
            events.Where(static e => e.Kind == TraceKind.Create && e.Flags == TraceFlags.Inferred).Select(static e => (e.OffsetBytes, e.SizeBytes, e.ClientId)));
        Assert.Equal([1ul, 2ul, 4ul], events.Where(static e => e.Kind == TraceKind.Destroy).Select(static e => e.OffsetBytes));
        Assert.All(events.Where(static e => e.Kind == TraceKind.Create), static e => Assert.Equal(MemoryDomain.Vram, e.To));
    }

    [Fact]
    public void AnAllocationIsCalledByItsInnermostFrame()
    {
        Dictionary<string, object> named = Row("alloc", 1, 10, 1);
        named["frames"] = new List<object> { new Dictionary<string, object> { ["name"] = new string('f', 81) }, new Dictionary<string, object> { ["name"] = "outer" } };
        Dictionary<string, object> failed = Row("oom", 0, 10, 1);
        failed.Remove("addr");
        failed["device_free"] = 4096L;
        List<TraceEvent> events = Snapshot([named, failed, Row("alloc", 2, 10, 1)]);
        Assert.Equal([new string('f', 80), null], events.Where(static e => e.Kind == TraceKind.Create).Select(static e => e.Name));
        Assert.Equal(4096ul, events.Single(static e => e.Kind == TraceKind.OutOfMemory).OffsetBytes);
    }

    [Fact]
    public void ASnapshotWithoutItsEventsIsRefused()
    {
        AssertRefused("holds no device_traces", new Dictionary<string, object> { ["segments"] = new List<object>() });
        AssertRefused("holds no device_traces", new List<object>());
        foreach (string key in (string[])["action", "time_us"])
        {
            Dictionary<string, object> row = Row("alloc", 1, 1, 1);
            row.Remove(key);
            AssertRefused("event 1 of device_traces", Root([[Row("alloc", 2, 1, 1), row]], []));
        }

        AssertRefused("event 0 of device_traces", Root([[Row("alloc", 1, 1, -1)]], []));
        AssertRefused("event 0 of device_traces", Root([[Row("alloc", 1, 1, long.MaxValue / 2000)]], []));
    }

    private static void AssertRefused(string what, object root)
    {
        using ITraceReader reader = Open(root);
        Assert.Contains(what, Assert.Throws<TraceFormatException>(() => Trace.ReadAll(reader)).Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, object> Row(string action, long address, long size, long timeUs) => new()
    {
        ["action"] = action,
        ["addr"] = address,
        ["size"] = size,
        ["stream"] = 0L,
        ["time_us"] = timeUs,
    };

    private static Dictionary<string, object> Block(long address, long size, long requested, string state) => new()
    {
        ["address"] = address,
        ["size"] = size,
        ["requested_size"] = requested,
        ["state"] = state,
    };

    private static Dictionary<string, object> Root(IEnumerable<Dictionary<string, object>[]> devices, IEnumerable<object> segments) => new()
    {
        ["segments"] = segments.ToList(),
        ["device_traces"] = devices.Select(static rows => (object)rows.Cast<object>().ToList()).ToList(),
    };

    private static List<TraceEvent> Snapshot(Dictionary<string, object>[] first, Dictionary<string, object>[]? second = null, object[]? segments = null)
    {
        using ITraceReader reader = Open(Root(second is null ? [first] : [first, second], segments ?? []));
        List<TraceEvent> events = Trace.ReadAll(reader);
        Assert.Equal(second is null ? "1" : "2", reader.Description.Properties["devices"]);
        return events;
    }

    private static ITraceReader Open(object root)
    {
        MemoryStream pickle = new();
        pickle.Write([0x80, 4]);
        Put(pickle, root);
        pickle.Write([(byte)'.']);
        return TraceFiles.Open(new MemoryStream(pickle.ToArray()), "snapshot.pickle");
    }

    // As Python's own pickler writes it, without a memo.
    private static void Put(MemoryStream pickle, object value)
    {
        switch (value)
        {
            case Dictionary<string, object> map:
                pickle.Write("}("u8);
                foreach ((string key, object item) in map)
                {
                    Put(pickle, key);
                    Put(pickle, item);
                }

                pickle.Write("u"u8);
                break;
            case List<object> list:
                pickle.Write("]("u8);
                list.ForEach(item => Put(pickle, item));
                pickle.Write("e"u8);
                break;
            case string text:
                pickle.Write([0x8C, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)]);
                break;
            default:
                byte[] number = new byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(number, (long)value);
                pickle.Write([0x8A, 8, .. number]);
                break;
        }
    }

    // Words: 'text', one character, or hexadecimal digits.
    private static byte[] Bytes(string pickle) => [.. pickle.Split(' ').SelectMany(BytesOfWord)];

    private static byte[] BytesOfWord(string word) =>
        word[0] == '\'' ? Encoding.ASCII.GetBytes(word[1..^1]) : word.Length == 1 ? [(byte)word[0]] : Convert.FromHexString(word);

    private static string Spell(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        List<object?> list => $"[{string.Join(' ', list.Select(Spell))}]",
        PickleMap map => $"{map.Count} items, a {Spell(map["a"])}, b {Spell(map["b"])}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
