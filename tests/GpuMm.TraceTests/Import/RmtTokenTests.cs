using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Traces.Import;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.TraceTests.Import;

/// <summary>Radeon memory tokens one by one, built here from the published bit ranges: what each says, and what it leaves alone.</summary>
public sealed class RmtTokenTests
{
    private const ulong Address = 0x12_3456_7000;
    private const ulong LocalBytes = 256ul << 20;

    // Type, bytes and whether bits 4 to 7 are ticks, as Radeon Memory Visualizer reads them.
    [Theory]
    [InlineData(1, 14, false)]
    [InlineData(3, 18, true)]
    [InlineData(4, 4, true)]
    [InlineData(5, 2, true)]
    [InlineData(6, 8, true)]
    [InlineData(7, 17, true)]
    [InlineData(8, 6, true)]
    [InlineData(9, 10, false)]
    [InlineData(10, 8, true)]
    [InlineData(11, 7, true)]
    [InlineData(12, 12, true)]
    [InlineData(13, 7 + 38, true)]
    [InlineData(15, 5, false)]
    public void ATokenHasItsLengthAndMayMoveTheClock(int type, int bytes, bool movesClock)
    {
        RmtStream stream = new((byte[])[.. Clock(100), .. Token(type, bytes, (4, 4, 5)), .. Token(5, 2)], 0, 1, 1000);
        Assert.True(stream.Next());
        Assert.Equal((0, 320_000L), (stream.Type, stream.TimeNs)); // 100 times 32 ticks of 100 ns.
        Assert.True(stream.Next());
        Assert.Equal((type, bytes, 1012L), (stream.Type, stream.Token.Length, stream.Offset));
        Assert.Equal(movesClock ? 336_000 : 320_000, stream.TimeNs);
        Assert.True(stream.Next());
        Assert.Equal((5, 1012L + bytes), (stream.Type, stream.Offset));
        Assert.False(stream.Next());
        Assert.Equal((true, null), (stream.IsAtEnd, stream.Problem));
    }

    [Fact]
    public void ATimeDeltaHasUpToSevenBytesOfTicks()
    {
        RmtStream stream = new((byte[])[.. Clock(0), 14 | (2 << 4), 0x34, 0x12, 14 | (7 << 4), 1, 0, 0, 0, 0, 0, 0, 14, .. Clock(7)], 0, 1, 0);
        Assert.True(stream.Next() && stream.Next());
        Assert.Equal((0x1234L * 3200, 3), (stream.TimeNs, stream.Token.Length));
        Assert.True(stream.Next());
        Assert.Equal((0x1235L * 3200, 8), (stream.TimeNs, stream.Token.Length));
        Assert.True(stream.Next());
        Assert.Equal((0x1235L * 3200, 1), (stream.TimeNs, stream.Token.Length));
        Assert.True(stream.Next());
        Assert.Equal(7 * 3200, stream.TimeNs); // A time stamp is absolute.
    }

    // What follows the seven bytes of a resource, by its type; an image is a byte longer from version 1.6 on.
    [Theory]
    [InlineData(0, 5, 38)]
    [InlineData(0, 6, 39)]
    [InlineData(1, 8, 11)]
    [InlineData(2, 8, 1)]
    [InlineData(3, 8, 1)]
    [InlineData(4, 8, 0)]
    [InlineData(6, 8, 12)]
    [InlineData(7, 8, 1)]
    [InlineData(8, 8, 4)]
    [InlineData(9, 8, 6)]
    [InlineData(11, 8, 10)]
    [InlineData(12, 8, 19)]
    [InlineData(13, 8, 4)]
    [InlineData(15, 8, 44)]
    [InlineData(16, 8, 1)]
    [InlineData(18, 8, 17)]
    public void AResourceHasThePayloadOfItsType(int resource, int minor, int payload)
    {
        RmtStream stream = new((byte[])[.. Clock(0), .. Token(13, 7 + payload, (48, 6, (ulong)resource)), .. Token(5, 2)], minor, 1, 0);
        Assert.True(stream.Next() && stream.Next() && stream.Next());
        Assert.Equal((5, 12L + 7 + payload), (stream.Type, stream.Offset));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(200)]
    public void ADescriptorPoolCountsWhatFollows(int pools)
    {
        byte[] token = Token(13, 7 + 3 + (4 * pools), (48, 6, 14), (72, 8, (ulong)pools));
        RmtStream stream = new((byte[])[.. Clock(0), .. token, .. Token(5, 2)], 8, 1, 0);
        Assert.True(stream.Next() && stream.Next() && stream.Next());
        Assert.Equal(5, stream.Type);
    }

    [Theory]
    [InlineData(0, 0ul, MemoryDomain.Gtt, MemoryDomain.Gtt)] // From version 1.6 on no preference is one.
    [InlineData(0, 1ul, MemoryDomain.Vram, MemoryDomain.Vram)]
    [InlineData(1, 2ul, MemoryDomain.Vram, MemoryDomain.Gtt)]
    [InlineData(2, 1ul, MemoryDomain.Gtt, MemoryDomain.Gtt)]
    [InlineData(3, 2ul, MemoryDomain.Gtt, MemoryDomain.Gtt)]
    public void AnAllocationHasItsPlaceSizeAndPreferences(int firstHeap, ulong preferences, MemoryDomain to, MemoryDomain second)
    {
        byte[] token = Token(12, 12, (8, 24, 15), (32, 2, 2), (34, 48, Address), (82, 2, (ulong)firstHeap), (84, 2, 2), (90, 3, preferences));
        TraceEvent made = Assert.Single(Apply(8, token));
        Assert.Equal((TraceKind.Create, 16ul << 12, Address, to, second), (made.Kind, made.SizeBytes, made.OffsetBytes, made.To, made.From));
        Assert.Equal("driver", made.Name);
    }

    [Fact]
    public void BeforeVersionSixAllFourPreferencesCount()
    {
        TraceEvent made = Assert.Single(Apply(5, Token(12, 12, (8, 24, 0), (34, 48, Address), (82, 2, 0), (84, 2, 2))));
        Assert.Equal((4096ul, MemoryDomain.Vram, MemoryDomain.Gtt), (made.SizeBytes, made.To, made.From));
    }

    [Fact]
    public void AnAddressThatIsGivenAgainEndsWhatWasThere()
    {
        List<TraceEvent> events = Apply(8, Allocate(), Allocate(), Token(11, 7, (8, 48, Address)), Token(11, 7, (8, 48, Address)));
        Assert.Equal([TraceKind.Create, TraceKind.Destroy, TraceKind.Create, TraceKind.Destroy], events.Select(static e => e.Kind));
        Assert.Equal([1ul, 1ul, 2ul, 2ul], events.Select(static e => e.ObjectId));
        Assert.Equal([TraceFlags.Inferred, TraceFlags.None], events.Where(static e => e.Kind == TraceKind.Destroy).Select(static e => e.Flags));
    }

    [Fact]
    public void AResourceIsBoundIntoTheAllocationAroundItsAddress()
    {
        List<TraceEvent> events = Apply(
            8, Allocate(), Token(13, 7 + 11, (8, 32, 77), (48, 6, 1)), Token(7, 17, (8, 48, Address + 4096), (56, 44, 8192), (100, 1, 1), (104, 32, 77)),
            Token(15, 5, (8, 32, 77)), Token(15, 5, (8, 32, 77)));
        Assert.Equal([TraceKind.Create, TraceKind.Bind, TraceKind.Unbind], events.Select(static e => e.Kind));
        TraceEvent bind = events[1];
        Assert.Equal((1ul, 4096ul, 8192ul, MemoryDomain.Gtt, "buffer"), (bind.RelatedId, bind.OffsetBytes, bind.SizeBytes, bind.To, bind.Name));
        Assert.Equal((bind.ObjectId, 1ul), (events[2].ObjectId, events[2].RelatedId));

        // Behind the last byte nothing is found, and what was never created is a resource all the same.
        TraceEvent outside = Apply(8, Allocate(), Token(7, 17, (8, 48, Address + (16 << 12)), (56, 44, 8192), (104, 32, 78)))[1];
        Assert.Equal((0ul, Address + (16 << 12), MemoryDomain.Vram, "resource"), (outside.RelatedId, outside.OffsetBytes, outside.To, outside.Name));
    }

    [Fact]
    public void ReferencesAndMapsTouchTheAllocationAroundTheirAddress()
    {
        ulong last = Address + (16 << 12) - 1;
        List<TraceEvent> events = Apply(
            8, Allocate(), Token(6, 8, (8, 1, 0), (9, 48, last)), Token(6, 8, (8, 1, 1), (9, 48, Address)), Token(10, 8, (8, 48, last)),
            Token(10, 8, (8, 48, Address), (56, 1, 1)), Token(10, 8, (8, 48, last + 1)), Token(6, 8, (9, 48, Address - 1)));
        Assert.Equal([TraceKind.Create, TraceKind.Use, TraceKind.Advise, TraceKind.Map, TraceKind.Unmap], events.Select(static e => e.Kind));
        Assert.All(events, static e => Assert.Equal((1ul, 16ul << 12), (e.ObjectId, e.SizeBytes)));
    }

    [Theory]
    [InlineData(1, 4096)]
    [InlineData(2, 64 << 10)]
    [InlineData(3, 256 << 10)]
    [InlineData(4, 1 << 20)]
    [InlineData(5, 2 << 20)]
    public void PagesAreMappedInTheirSize(int code, long pageBytes)
    {
        TraceEvent map = Map((80, 20, 3), (100, 3, (ulong)code));
        Assert.Equal((TraceKind.GpuMap, 3 * pageBytes), (map.Kind, (long)map.SizeBytes));
    }

    [Fact]
    public void PagesAreMappedUnmappedAndMoved()
    {
        TraceEvent map = Map((44, 36, (LocalBytes >> 12) - 1), (104, 32, 4242), (136, 2, 1));
        Assert.Equal((TraceKind.GpuMap, 1ul, 4096ul, MemoryDomain.Vram, 4242, LocalBytes - 4096), (map.Kind, map.ObjectId, map.OffsetBytes, map.To, map.ClientId, map.RelatedId));
        Assert.Equal(MemoryDomain.Gtt, Map((44, 36, LocalBytes >> 12)).To); // Behind the card's own memory.
        Assert.Equal(MemoryDomain.Gtt, Map((44, 36, 0)).To);
        Assert.Equal(TraceKind.GpuUnmap, Map((103, 1, 1), (136, 2, 2)).Kind);
        Assert.Equal(TraceKind.Move, Map((136, 2, 2)).Kind);
    }

    [Fact]
    public void WhatHappensBesideIsNamed()
    {
        (TraceKind, string?)[] expected =
        [
            (TraceKind.Submit, "graphics"), (TraceKind.Submit, "compute"), (TraceKind.Submit, "copy"), (TraceKind.Frame, null),
            (TraceKind.Marker, "invalidate"), (TraceKind.Marker, "flush"), (TraceKind.Marker, "trim"), (TraceKind.Marker, "other"),
        ];
        Assert.Equal(expected, Apply(8, [.. Enumerable.Range(0, 8).Select(static what => Token(5, 2, (8, 4, (ulong)what)))]).Select(static e => (e.Kind, e.Name)));
        List<TraceEvent> processes = Apply(8, Token(8, 6, (8, 32, 99)), Token(8, 6, (8, 32, 99), (40, 8, 1)));
        Assert.Equal([("process starts", 99), ("process ends", 99)], processes.Select(static e => (e.Name!, e.ClientId)));
    }

    // The name alone: what stands behind it are numbers.
    [Theory]
    [InlineData(0, "name albedo", 4)]
    [InlineData(6, "name albedo", 12)]
    [InlineData(1, "snapshot albedo", 0)]
    public void ANameEndsWhereItsNumbersBegin(int kind, string expected, int numberBytes)
    {
        byte[] payload = [.. "albedo"u8, .. Enumerable.Repeat((byte)'#', numberBytes)];
        Assert.Equal(expected, Assert.Single(Apply(8, [.. Token(4, 4, (8, 4, (ulong)kind), (12, 20, (ulong)payload.Length)), .. payload])).Name);
        byte[] ended = [.. "albedo\0\0"u8, .. Enumerable.Repeat((byte)'#', numberBytes)];
        Assert.Equal(expected, Assert.Single(Apply(8, [.. Token(4, 4, (8, 4, (ulong)kind), (12, 20, (ulong)ended.Length)), .. ended])).Name);
        Assert.Empty(Apply(8, [.. Token(4, 4, (8, 4, (ulong)kind), (12, 20, (ulong)numberBytes)), .. new byte[numberBytes]]));
        Assert.Empty(Apply(8, [.. Token(4, 4, (8, 4, 2), (12, 20, (ulong)ended.Length)), .. ended])); // A blob.
    }

    private static byte[] Allocate() => Token(12, 12, (8, 24, 15), (34, 48, Address), (82, 2, 0), (90, 3, 1));

    private static TraceEvent Map(params (int First, int Count, ulong Value)[] bits) =>
        Apply(8, Allocate(), Token(3, 18, [(8, 36, (Address >> 12) + 1), .. bits]))[1];

    private static List<TraceEvent> Apply(int minor, params byte[][] tokens)
    {
        List<TraceEvent> events = [];
        RmvTokens reader = new(new ObjectNames("test.rmv"), (in TraceEvent e) => events.Add(e));
        reader.AddSegment(0, 0, LocalBytes);
        reader.AddSegment(2, 0, 8 * LocalBytes); // System memory is no part of the card.
        RmtStream stream = new((byte[])[.. Clock(0), .. tokens.SelectMany(static token => token)], minor, 1, 0);
        while (stream.Next())
        {
            reader.Apply(stream);
        }

        Assert.Null(stream.Problem);
        return events;
    }

    // Ten million ticks a second.
    internal static byte[] Clock(ulong units)
    {
        byte[] token = Token(0, 12, (4, 60, units));
        BinaryPrimitives.WriteUInt32LittleEndian(token.AsSpan(8), 10_000_000);
        return token;
    }

    internal static byte[] Token(int type, int bytes, params (int First, int Count, ulong Value)[] bits)
    {
        byte[] token = new byte[bytes];
        token[0] = (byte)type;
        foreach ((int first, int count, ulong value) in bits)
        {
            Assert.True(count == 64 || value >> count == 0);
            for (int i = 0; i < count; i++)
            {
                token[(first + i) >> 3] |= (byte)((value >> i & 1) << ((first + i) & 7));
            }
        }

        return token;
    }
}
