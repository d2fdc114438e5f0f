using System;
using GpuMm.Hosting.Sessions;
using GpuMm.Objects;
using GpuMm.Paging;

namespace GpuMm.Hosting.State;

/// <summary>The fields of records that journals and snapshots share.</summary>
internal static class Records
{
    public static RecordBuilder Opened(RecordBuilder builder, GpuSession session, SessionLimits limits) => Limits(
        builder.Begin(RecordKind.Opened).Int(session.Id).Text(session.Name).Bytes(session.KeyHash)
            .ULong((ulong)(session.Lease?.TotalMilliseconds ?? 0)),
        limits);

    public static RecordBuilder Limits(RecordBuilder builder, SessionLimits limits) =>
        builder.ULong(limits.MaxBytes ?? ulong.MaxValue).Int(limits.MaxObjects ?? -1);

    public static SessionLimits ReadLimits(RecordReader reader)
    {
        ulong maxBytes = reader.ULong();
        int maxObjects = reader.Int();
        return new SessionLimits(maxBytes == ulong.MaxValue ? null : maxBytes, maxObjects < 0 ? null : maxObjects);
    }

    public static RecordBuilder GroupLimited(RecordBuilder builder, int sessionId, MemoryDomain domain, MemoryLimits limits) =>
        builder.Begin(RecordKind.GroupLimited).Int(sessionId).Byte((byte)domain).ULong(limits.MinBytes).ULong(limits.LowBytes).ULong(limits.MaxBytes);

    /// <summary>The group of a client that the next record opens: a client that was told of is in its group.</summary>
    public static RecordBuilder InGroup(RecordBuilder builder, int sessionId, string path) => builder.Begin(RecordKind.InGroup).Int(sessionId).Text(path);

    public static RecordBuilder GroupMade(RecordBuilder builder, string path) => builder.Begin(RecordKind.GroupMade).Text(path);

    public static RecordBuilder NamedGroupLimited(RecordBuilder builder, string path, MemoryDomain domain, MemoryLimits limits) =>
        builder.Begin(RecordKind.NamedGroupLimited).Text(path).Byte((byte)domain).ULong(limits.MinBytes).ULong(limits.LowBytes).ULong(limits.MaxBytes);

    public static RecordBuilder Created(RecordBuilder builder, int sessionId, uint handle, TrackedObject tracked)
    {
        BufferObject target = tracked.Target;
        return builder.Begin(RecordKind.Created).Int(sessionId).UInt(handle).ULong(tracked.Uid).ULong(target.SizeBytes).Text(target.Name)
            .Text(tracked.PlacementName).Byte((byte)target.Caching).Byte((byte)target.Priority).ULong(target.AlignmentBytes).Byte((byte)target.Kind);
    }

    public static ObjectRequest ReadRequest(RecordReader reader) => new(
        reader.ULong(), reader.Text(), reader.Text(), (Caching)reader.Byte(), reader.Byte(), reader.ULong(), (BufferObjectKind)reader.Byte());

    public static RecordBuilder HandleOpened(RecordBuilder builder, int sessionId, uint handle, TrackedObject tracked) =>
        builder.Begin(RecordKind.HandleOpened).Int(sessionId).UInt(handle).ULong(tracked.Uid);

    public static RecordBuilder Mapped(RecordBuilder builder, int sessionId, uint handle, ulong address, VmProtection protection) =>
        builder.Begin(RecordKind.Mapped).Int(sessionId).UInt(handle).ULong(address).Byte((byte)protection);

    public static RecordBuilder Pinned(RecordBuilder builder, int sessionId, uint handle, string? placementName) =>
        builder.Begin(RecordKind.Pinned).Int(sessionId).UInt(handle).Text(placementName);

    public static RecordBuilder Wrote(RecordBuilder builder, ulong uid, ulong offsetBytes, ReadOnlySpan<byte> bytes) =>
        builder.Begin(RecordKind.Wrote).ULong(uid).ULong(offsetBytes).Bytes(bytes);
}
