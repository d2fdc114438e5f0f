using System.Linq;
using CsCheck;
using GpuMm.Diagnostics;
using GpuMm.Traces.Model;

namespace GpuMm.TraceTests;

/// <summary>Events of every shape: small and huge numbers, names, contents, time that goes back a little.</summary>
internal static class TraceGen
{
    private static readonly Gen<ulong> s_number = Gen.Frequency(
        (4, Gen.ULong[0, 200]), (2, Gen.ULong[0, 1ul << 40]), (1, Gen.ULong));

    private static readonly Gen<string?> s_name = Gen.Frequency(
        (6, Gen.Const((string?)null)), (2, Gen.String[Gen.Char['a', 'z'], 0, 20].Select(static s => (string?)s)),
        (1, Gen.String[Gen.Char['\u00e0', '\u4e00'], 0, 40].Select(static s => (string?)s)));

    private static readonly Gen<byte[]?> s_contents = Gen.Frequency(
        (6, Gen.Const((byte[]?)null)), (1, Gen.Byte.Array[0, 300].Select(static b => (byte[]?)b)));

    public static Gen<TraceEvent> Event { get; } = Gen.Select(
        Gen.Select(Gen.Byte[0, (byte)TraceKind.Other], Gen.Frequency((9, Gen.Long[0, 1L << 50]), (1, Gen.Long[0, long.MaxValue])), s_number, s_number),
        Gen.Select(s_number, s_number, Gen.Frequency((5, Gen.Int[0, 3]), (1, Gen.Int)), s_name),
        Gen.Select(Gen.Byte[0, 7], Gen.Byte[0, 7], Gen.Byte[0, 10], Gen.Byte[0, 31]),
        s_contents,
        Gen.Select(s_number, Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int)), Gen.Byte[0, 11], Gen.Enum<DeviceEventKind>(), Gen.Int[0, 8]),
        static (a, b, c, contents, d) => new TraceEvent
        {
            Kind = (TraceKind)a.Item1,
            TimeNs = a.Item2,
            ObjectId = a.Item3,
            SizeBytes = a.Item4,
            OffsetBytes = b.Item1,
            RelatedId = b.Item2,
            ClientId = b.Item3,
            Name = contents is null ? b.Item4 : null,
            From = (MemoryDomain)c.Item1,
            To = (MemoryDomain)c.Item2,
            Cause = (TraceCause)c.Item3,
            Reason = c.Item4,
            Flags = (TraceFlags)c.Item4,
            Contents = contents,
            DurationNs = d.Item1 % 1000,
            Detail = d.Item2 == 0 ? 0 : d.Item1,
            Count = d.Item2,
            Status = d.Item2 == 0 ? 0 : (MmStatus)d.Item3,
            DeviceKind = d.Item2 == 0 ? 0 : d.Item4,
            Placement = d.Item2 == 0 ? default : new PlacementCode(d.Item1, (byte)d.Item5),
        });

    /// <summary>A trace in the order of time, as programs record it.</summary>
    public static Gen<TraceEvent[]> Ordered(int most) => Event.Array[0, most].Select(static events =>
    {
        long time = 0;
        return events.Select(e => e with { TimeNs = time += e.TimeNs % 1_000_000 }).ToArray();
    });
}
