using System;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Diagnostics;
using GpuMm.Hosting.Machine;
using GpuMm.Objects;

namespace GpuMm.Hosting.Sessions;

/// <summary>The clients of a device, and the names under which they share objects.</summary>
/// <remarks>Lock: its own, below a client's, above everything of the device.</remarks>
internal sealed class SessionTable : IDisposable
{
    private readonly object _gate = new();
    private readonly SimulatedGpu _gpu;
    private readonly SortedDictionary<int, GpuSession> _sessions = []; // Lock: _gate
    private readonly Dictionary<string, TrackedObject> _shared = new(StringComparer.Ordinal); // Lock: _gate
    private readonly List<MemoryGroup> _leaving = []; // Lock: itself; groups of clients that are gone, with objects that others or the GPU still use
    private int _lastId; // Lock: _gate
    private ulong _lastUid; // Lock: _gate

    public SessionTable(SimulatedGpu gpu)
    {
        _gpu = gpu;
        Groups = new GroupTable(gpu, _gate);
    }

    /// <summary>The groups that clients are opened in.</summary>
    public GroupTable Groups { get; }

    public int LastId
    {
        get
        {
            lock (_gate)
            {
                return _lastId;
            }
        }
    }

    public IReadOnlyList<GpuSession> Snapshot()
    {
        lock (_gate)
        {
            return [.. _sessions.Values];
        }
    }

    public GpuSession? Find(int id)
    {
        lock (_gate)
        {
            return _sessions.GetValueOrDefault(id);
        }
    }

    public SessionError? TryOpen(string name, SessionLimits limits, out GpuSession? opened, byte[]? keyHash = null, TimeSpan? lease = null, string? group = null)
    {
        opened = null;
        if (string.IsNullOrWhiteSpace(name) || name.Length > GpuSession.MaxNameLength || name.Any(char.IsControl))
        {
            return new SessionError(SessionErrorKind.Invalid, $"A client's name has 1 to {GpuSession.MaxNameLength} characters, none of them a control character.");
        }

        if (limits.MaxObjects is < 0)
        {
            return new SessionError(SessionErrorKind.Invalid, $"maxObjects is {limits.MaxObjects}; give a number from 0, or leave it out.");
        }

        lock (_gate)
        {
            if (_sessions.Count >= _gpu.Options.MaxClients)
            {
                return new SessionError(SessionErrorKind.LimitReached, $"The device '{_gpu.Name}' has {_sessions.Count} clients and takes {_gpu.Options.MaxClients}; close one, or raise MaxClients.");
            }

            if (Groups.TryNodeFor(group, out MemoryGroup node) is { } error)
            {
                return error;
            }

            opened = Add(++_lastId, name, limits, keyHash, lease, group, node);
            _gpu.Journal?.Opened(opened);
        }

        _gpu.Device.Report(DeviceEventKind.ClientOpened, new DeviceEvent { ClientId = opened.Id, Name = name });
        return null;
    }

    public void Close(GpuSession session)
    {
        session.Release(isJournaled: true);
        bool isRemoved;
        lock (_gate)
        {
            isRemoved = _sessions.Remove(session.Id);
        }

        if (isRemoved)
        {
            _gpu.Device.Report(DeviceEventKind.ClientClosed, new DeviceEvent { ClientId = session.Id, Name = session.Name });
        }
    }

    /// <summary>Puts a client back that an earlier life of the service had.</summary>
    /// <returns>Null when its group is not there.</returns>
    public GpuSession? Restore(int id, string name, SessionLimits limits, byte[]? keyHash, TimeSpan? lease, string? group)
    {
        lock (_gate)
        {
            _lastId = Math.Max(_lastId, id);
            return Groups.TryNodeFor(group, out MemoryGroup node) is null ? Add(id, name, limits, keyHash, lease, group, node) : null;
        }
    }

    public void RestoreCounters(int lastId, ulong lastUid)
    {
        lock (_gate)
        {
            _lastId = Math.Max(_lastId, lastId);
            _lastUid = Math.Max(_lastUid, lastUid);
        }
    }

    public ulong LastUid
    {
        get
        {
            lock (_gate)
            {
                return _lastUid;
            }
        }
    }

    public ulong NextUid()
    {
        lock (_gate)
        {
            return ++_lastUid;
        }
    }

    /// <summary>Runs something while no client of the device does anything, and none comes or goes.</summary>
    public T Freeze<T>(Func<IReadOnlyList<GpuSession>, T> run)
    {
        while (true)
        {
            // Clients first, by number, then the table: a call of a client takes them in this order too.
            IReadOnlyList<GpuSession> sessions = Snapshot();
            if (TryFreeze(sessions, 0, run, out T result))
            {
                return result;
            }
        }
    }

    private bool TryFreeze<T>(IReadOnlyList<GpuSession> sessions, int index, Func<IReadOnlyList<GpuSession>, T> run, out T result)
    {
        if (index < sessions.Count)
        {
            (bool isDone, T inner) = sessions[index].WhileQuiet(() => (TryFreeze(sessions, index + 1, run, out T deeper), deeper));
            result = inner;
            return isDone;
        }

        lock (_gate)
        {
            // Somebody who came meanwhile is not held still: once more.
            bool isSame = _sessions.Count == sessions.Count && _sessions.Values.SequenceEqual(sessions);
            result = isSame ? run(sessions) : default!;
            return isSame;
        }
    }

    /// <summary>The group of a client, or of several, goes as soon as nothing is charged to it.</summary>
    public void Retire(MemoryGroup group)
    {
        lock (_leaving)
        {
            _leaving.Add(group);
        }

        RemoveGroups();
    }

    /// <summary>Removes the groups of clients that are gone, where that is possible by now. Cost: O(such groups).</summary>
    public void RemoveGroups()
    {
        lock (_leaving)
        {
            _leaving.RemoveAll(static group => group.TryRemove());
        }
    }

    /// <summary>Another handle to an object by the name it is shared under; null when there is none.</summary>
    public TrackedObject? TakeShared(string name)
    {
        lock (_gate)
        {
            if (!_shared.TryGetValue(name, out TrackedObject? tracked))
            {
                return null;
            }

            tracked.CountHandle(1);
            return tracked;
        }
    }

    public SessionError? Share(TrackedObject tracked, string name)
    {
        lock (_gate)
        {
            if (_shared.TryGetValue(name, out TrackedObject? other))
            {
                return ReferenceEquals(other, tracked) ? null
                    : new SessionError(SessionErrorKind.Conflict, $"Another object is shared as '{name}'; take another name.");
            }

            if (tracked.SharedName is { } old)
            {
                _shared.Remove(old);
            }

            tracked.SharedName = name;
            _shared.Add(name, tracked);
            _gpu.Journal?.Shared(tracked, name);
            return null;
        }
    }

    /// <summary>One handle less; true when it was the last one, and with it goes the name.</summary>
    public bool DropHandle(TrackedObject tracked)
    {
        lock (_gate)
        {
            if (tracked.CountHandle(-1) > 0)
            {
                return false;
            }

            if (tracked.SharedName is { } name)
            {
                _shared.Remove(name);
                tracked.SharedName = null;
            }

            return true;
        }
    }

    // At shutdown nothing is written down: the clients are still there when the service comes back.
    public void Dispose()
    {
        foreach (GpuSession session in Snapshot())
        {
            session.Release(isJournaled: false);
        }

        lock (_gate)
        {
            _sessions.Clear();
        }
    }

    private GpuSession Add(int id, string name, SessionLimits limits, byte[]? keyHash, TimeSpan? lease, string? group, MemoryGroup node)
    {
        GpuSession session = new(_gpu, id, name, limits, node) { KeyHash = keyHash, Lease = lease, GroupPath = string.IsNullOrEmpty(group) ? null : group };
        _sessions.Add(id, session);
        return session;
    }
}
