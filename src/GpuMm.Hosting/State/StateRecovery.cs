using System;
using System.Collections.Generic;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;
using GpuMm.Objects;
using GpuMm.Paging;

namespace GpuMm.Hosting.State;

/// <summary>Does again what records say was done, in their order.</summary>
/// <remarks>Nothing is written down meanwhile: the device has no journal yet.</remarks>
internal sealed class StateRecovery(SimulatedGpu gpu, string path)
{
    private readonly Dictionary<ulong, TrackedObject> _objects = [];
    private readonly Dictionary<ulong, (GpuSession Session, uint Handle)> _handles = []; // By object: one through which it is reached

    private readonly Dictionary<(int Session, MemoryDomain Domain), MemoryLimits> _limits = []; // The last ones
    private readonly Dictionary<(string Path, MemoryDomain Domain), MemoryLimits> _groupLimits = []; // The last ones
    private readonly Dictionary<int, string> _groupOf = []; // By client

    /// <summary>Sets the limits of domains, when all objects are where they go.</summary>
    public void Finish()
    {
        foreach (((int id, MemoryDomain domain), MemoryLimits limits) in _limits)
        {
            gpu.SessionTable.Find(id)?.RestoreDomainLimits(domain, limits);
        }

        foreach (((string group, MemoryDomain domain), MemoryLimits limits) in _groupLimits)
        {
            RestoreGroupLimits(group, domain, limits);
        }
    }

    // As with a client: what is too much moves out, and what cannot may not grow.
    private void RestoreGroupLimits(string group, MemoryDomain domain, MemoryLimits limits)
    {
        if (gpu.SessionTable.Groups.Find(group) is not { } found)
        {
            return;
        }

        bool isSet = found.Group.SetLimits(domain, limits) == MmStatus.Ok;
        foreach (GpuSession session in gpu.Sessions)
        {
            if (!isSet && session.GroupPath is { } inside && (inside + "/").StartsWith(group + "/", StringComparison.Ordinal))
            {
                isSet = session.TryMakeRoom(domain, () => found.Group.SetLimits(domain, limits) == MmStatus.Ok);
            }
        }

        if (!isSet)
        {
            found.Group.SetLimits(domain, limits with { MaxBytes = found.Group.UsageOf(domain).CurrentBytes });
        }
    }

    /// <summary>True when the record is the end of a snapshot.</summary>
    public bool Apply(RecordReader record)
    {
        switch (record.Kind)
        {
            case RecordKind.Counters:
                gpu.SessionTable.RestoreCounters(record.Int(), record.ULong());
                return false;
            case RecordKind.Opened:
                Open(record);
                return false;
            case RecordKind.InGroup:
                _groupOf[record.Int()] = record.Text() ?? "";
                return false;
            case RecordKind.GroupMade or RecordKind.GroupRemoved or RecordKind.NamedGroupLimited:
                ApplyToGroup(record);
                return false;
            case RecordKind.Placed or RecordKind.Advised or RecordKind.Purged or RecordKind.Shared or RecordKind.Wrote:
                ApplyToObject(record);
                return false;
            case RecordKind.End:
                return true;
            default:
                ApplyToSession(record);
                return false;
        }
    }

    private void Open(RecordReader record)
    {
        int id = record.Int();
        string name = record.Text() ?? "";
        byte[] keyHash = record.Bytes().ToArray();
        ulong leaseMs = record.ULong();
        string? group = _groupOf.GetValueOrDefault(id);
        if (gpu.SessionTable.Restore(id, name, Records.ReadLimits(record), keyHash, leaseMs == 0 ? null : TimeSpan.FromMilliseconds(leaseMs), group) is null)
        {
            throw Bad($"group '{group}', which was not made before");
        }
    }

    private void ApplyToGroup(RecordReader record)
    {
        string group = record.Text() ?? "";
        GroupTable groups = gpu.SessionTable.Groups;
        switch (record.Kind)
        {
            case RecordKind.GroupMade:
                Check(groups.TryCreate(group), record);
                break;
            case RecordKind.GroupRemoved:
                Check(groups.TryRemove(group), record);
                foreach (MemoryDomain domain in (ReadOnlySpan<MemoryDomain>)[MemoryDomain.Vram, MemoryDomain.Gtt, MemoryDomain.System])
                {
                    _groupLimits.Remove((group, domain));
                }

                break;
            default:
                _groupLimits[(group, (MemoryDomain)record.Byte())] = new MemoryLimits(record.ULong(), record.ULong(), record.ULong());
                break;
        }
    }

    private void ApplyToSession(RecordReader record)
    {
        int id = record.Int();
        GpuSession session = gpu.SessionTable.Find(id) ?? throw Bad($"client {id}, which was not opened before");
        if (record.Kind == RecordKind.Closed)
        {
            session.Dispose();
            return;
        }

        if (record.Kind == RecordKind.Limited)
        {
            Check(session.SetLimits(Records.ReadLimits(record)), record);
            return;
        }

        if (record.Kind == RecordKind.GroupLimited)
        {
            _limits[(id, (MemoryDomain)record.Byte())] = new MemoryLimits(record.ULong(), record.ULong(), record.ULong());
            return;
        }

        uint handle = record.UInt();
        switch (record.Kind)
        {
            case RecordKind.Created:
                Create(session, handle, record);
                break;
            case RecordKind.HandleOpened:
                session.RestoreHandle(handle, ObjectOf(record.ULong()));
                break;
            case RecordKind.HandleClosed:
                Check(session.Destroy(handle), record);
                break;
            case RecordKind.Mapped:
                ulong address = record.ULong();
                Check(session.RestoreMapping(handle, address, (VmProtection)record.Byte()), record);
                break;
            case RecordKind.Unmapped:
                Check(session.Unmap(handle), record);
                break;
            case RecordKind.Pinned:
                Check(session.Pin(handle, record.Text()), record);
                break;
            case RecordKind.Unpinned:
                Check(session.Unpin(handle), record);
                break;
            case RecordKind.LastHandle:
                session.RestoreLastHandle(handle);
                break;
            default:
                throw Bad($"kind {(byte)record.Kind}, which this program does not know");
        }
    }

    private void Create(GpuSession session, uint handle, RecordReader record)
    {
        ulong uid = record.ULong();
        ObjectRequest request = Records.ReadRequest(record);
        Check(session.RestoreObject(handle, uid, request, out TrackedObject? tracked), record);
        _objects[uid] = tracked!;
        _handles[uid] = (session, handle);
    }

    private void ApplyToObject(RecordReader record)
    {
        TrackedObject tracked = ObjectOf(record.ULong());
        (GpuSession session, uint handle) = HandleOf(tracked);
        switch (record.Kind)
        {
            case RecordKind.Wrote:
                ulong offsetBytes = record.ULong();
                Check(session.RestoreBytes(tracked, offsetBytes, record.Bytes()), record);
                break;
            case RecordKind.Placed:
                Check(session.Place(handle, record.Text() ?? PlacementNames.Usual), record);
                break;
            case RecordKind.Advised:
                Check(session.Advise(handle, record.Byte() != 0, out _), record);
                break;
            case RecordKind.Purged:
                Check(session.Purge(handle), record);
                break;
            case RecordKind.Shared:
                Check(session.Share(handle, record.Text() ?? ""), record);
                break;
        }
    }

    private TrackedObject ObjectOf(ulong uid) => _objects.GetValueOrDefault(uid) ?? throw Bad($"object {uid}, which was not created before");

    private (GpuSession Session, uint Handle) HandleOf(TrackedObject tracked)
    {
        if (_handles.TryGetValue(tracked.Uid, out (GpuSession Session, uint Handle) known) && ReferenceEquals(known.Session.Find(known.Handle), tracked))
        {
            return known;
        }

        foreach (GpuSession session in gpu.Sessions)
        {
            foreach ((uint handle, TrackedObject each) in session.Objects())
            {
                if (ReferenceEquals(each, tracked))
                {
                    _handles[tracked.Uid] = (session, handle);
                    return (session, handle);
                }
            }
        }

        throw Bad($"object {tracked.Uid}, to which nobody has a handle any more");
    }

    private void Check(SessionError? error, RecordReader record)
    {
        if (error is not null)
        {
            throw new StateException($"{path}: what was kept cannot be done again ({record.Kind} before byte {record.GoodBytes}): {error.Message} Give the device at least the memory that it had, or another directory.");
        }
    }

    private StateException Bad(string what) => new($"{path}: a record names {what}; the file is damaged, or one before it is missing.");
}
