using System;
using System.Threading.Tasks;
using GpuMm.Hosting.Sessions;
using GpuMm.Objects;
using GpuMm.Paging;

namespace GpuMm.Hosting.State;

/// <summary>Writes down what keyed clients do. Clients inside the host have no key, and end with it.</summary>
internal sealed class SessionJournal(JournalWriter writer) : ISessionJournal
{
    [ThreadStatic]
    private static RecordBuilder? s_builder;

    public JournalWriter Writer { get; } = writer;

    public Exception? Failure => Writer.Failure;

    private static RecordBuilder Builder => s_builder ??= new RecordBuilder();

    public ValueTask WhenDurableAsync() => Writer.WhenDurableAsync();

    public void Opened(GpuSession session)
    {
        if (session.GroupPath is { } path)
        {
            Write(session, Records.InGroup(Builder, session.Id, path));
        }

        Write(session, Records.Opened(Builder, session, session.Limits));
    }

    public void Closed(GpuSession session) => Write(session, Builder.Begin(RecordKind.Closed).Int(session.Id));

    public void Limited(GpuSession session, SessionLimits limits) => Write(session, Records.Limits(Builder.Begin(RecordKind.Limited).Int(session.Id), limits));

    public void GroupMade(string path) => Writer.Append(Records.GroupMade(Builder, path));

    public void GroupRemoved(string path) => Writer.Append(Builder.Begin(RecordKind.GroupRemoved).Text(path));

    public void NamedGroupLimited(string path, MemoryDomain domain, MemoryLimits limits) => Writer.Append(Records.NamedGroupLimited(Builder, path, domain, limits));

    public void GroupLimited(GpuSession session, MemoryDomain domain, MemoryLimits limits) => Write(session, Records.GroupLimited(Builder, session.Id, domain, limits));

    public void Created(GpuSession session, uint handle, TrackedObject tracked, in ObjectRequest request) =>
        Write(session, Records.Created(Builder, session.Id, handle, tracked));

    public void HandleOpened(GpuSession session, uint handle, TrackedObject tracked) => Write(session, Records.HandleOpened(Builder, session.Id, handle, tracked));

    public void HandleClosed(GpuSession session, uint handle) => Write(session, Builder.Begin(RecordKind.HandleClosed).Int(session.Id).UInt(handle));

    public void Mapped(GpuSession session, uint handle, ulong address, VmProtection protection) =>
        Write(session, Records.Mapped(Builder, session.Id, handle, address, protection));

    public void Unmapped(GpuSession session, uint handle) => Write(session, Builder.Begin(RecordKind.Unmapped).Int(session.Id).UInt(handle));

    public void Wrote(TrackedObject tracked, ulong offsetBytes, ReadOnlySpan<byte> bytes)
    {
        if (tracked.Uid != 0)
        {
            Writer.Append(Records.Wrote(Builder, tracked.Uid, offsetBytes, bytes));
        }
    }

    public void Pinned(GpuSession session, uint handle, string? placementName) => Write(session, Records.Pinned(Builder, session.Id, handle, placementName));

    public void Unpinned(GpuSession session, uint handle) => Write(session, Builder.Begin(RecordKind.Unpinned).Int(session.Id).UInt(handle));

    public void Placed(TrackedObject tracked, string placementName) => Write(tracked, RecordKind.Placed, static (builder, name) => builder.Text(name), placementName);

    public void Advised(TrackedObject tracked, bool isNeeded) => Write(tracked, RecordKind.Advised, static (builder, needed) => builder.Byte(needed ? (byte)1 : (byte)0), isNeeded);

    public void Purged(TrackedObject tracked) => Write(tracked, RecordKind.Purged, static (builder, _) => builder, 0);

    public void Shared(TrackedObject tracked, string name) => Write(tracked, RecordKind.Shared, static (builder, shared) => builder.Text(shared), name);

    private void Write(GpuSession session, RecordBuilder record)
    {
        if (session.KeyHash is not null)
        {
            Writer.Append(record);
        }
    }

    private void Write<T>(TrackedObject tracked, RecordKind kind, Func<RecordBuilder, T, RecordBuilder> fill, T value)
    {
        if (tracked.Uid != 0)
        {
            Writer.Append(fill(Builder.Begin(kind).ULong(tracked.Uid), value));
        }
    }
}
