using System;
using GpuMm.Diagnostics;

namespace GpuMm.Traces.Model;

/// <summary>One line of a trace: the same shape for every source. What a kind does not use is zero.</summary>
/// <remarks>
/// About 100 bytes; copied by value in batches. Names and contents are the only references. The second half is filled by
/// recordings of a device alone.
/// </remarks>
public readonly record struct TraceEvent
{
    private readonly object? _extra; // A string (name) or a byte[] (contents): no event has both.

    /// <summary>When, ns from a start that the source chooses; ascending but for small disorder of the source.</summary>
    public long TimeNs { get; init; }

    /// <summary>Which object, where the kind has one. Never reused within a trace, whatever the source does with addresses.</summary>
    public ulong ObjectId { get; init; }

    /// <summary>Bytes, as the kind says.</summary>
    public ulong SizeBytes { get; init; }

    /// <summary>Place in bytes, as the kind says.</summary>
    public ulong OffsetBytes { get; init; }

    /// <summary>The other party: evictor, job, fence, parent; as the kind says.</summary>
    public ulong RelatedId { get; init; }

    /// <summary>Whose doing; 0 when unknown.</summary>
    public int ClientId { get; init; }

    /// <summary>What it says.</summary>
    public TraceKind Kind { get; init; }

    /// <summary>More about it.</summary>
    public TraceFlags Flags { get; init; }

    /// <summary>Where from.</summary>
    public MemoryDomain From { get; init; }

    /// <summary>Where to.</summary>
    public MemoryDomain To { get; init; }

    /// <summary>Why.</summary>
    public TraceCause Cause { get; init; }

    /// <summary>Why not, for <see cref="TraceKind.EvictSkipped"/>: the number of the core's reason.</summary>
    public byte Reason { get; init; }

    /// <summary>A span that belongs to it, ns: of a wait that ended now, of a copy or a job that begins now.</summary>
    public ulong DurationNs { get; init; }

    /// <summary>A number that <see cref="DeviceKind"/> explains.</summary>
    public ulong Detail { get; init; }

    /// <summary>A number of things.</summary>
    public int Count { get; init; }

    /// <summary>How it ended.</summary>
    public MmStatus Status { get; init; }

    /// <summary>The device's own word for it; None when another source says so.</summary>
    public DeviceEventKind DeviceKind { get; init; }

    /// <summary>A placement that was asked for.</summary>
    public PlacementCode Placement { get; init; }

    /// <summary>The name it carries, or null.</summary>
    public string? Name
    {
        get => _extra as string;
        init => _extra = value ?? _extra;
    }

    /// <summary>Bytes written by a <see cref="TraceKind.CpuAccess"/>, or null when they were not recorded. Not to be changed.</summary>
#pragma warning disable CA1819 // One array per event is the point: contents are handed on, never copied.
    public byte[]? Contents
#pragma warning restore CA1819
    {
        get => _extra as byte[];
        init => _extra = value ?? _extra;
    }

    internal object? Extra
    {
        get => _extra;
        init => _extra = value;
    }

    /// <summary>Whether two events say the same, contents compared byte by byte.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(TraceEvent other) =>
        TimeNs == other.TimeNs && ObjectId == other.ObjectId && SizeBytes == other.SizeBytes && OffsetBytes == other.OffsetBytes &&
        RelatedId == other.RelatedId && ClientId == other.ClientId && Kind == other.Kind && Flags == other.Flags &&
        DurationNs == other.DurationNs && Detail == other.Detail && Count == other.Count && Status == other.Status &&
        DeviceKind == other.DeviceKind && Placement == other.Placement && From == other.From && To == other.To && Cause == other.Cause && Reason == other.Reason &&
        (_extra is byte[] mine && other._extra is byte[] theirs ? mine.AsSpan().SequenceEqual(theirs) : Equals(_extra, other._extra));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(TimeNs, ObjectId, SizeBytes, OffsetBytes, RelatedId, ClientId, Kind, Name);
}
