using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GpuMm.Fences;
using GpuMm.Hosting.Machine;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.Hosting.Sessions;

/// <summary>
/// One client of a device: its handles, its address space, its pins and its limits. When it goes, everything that it held
/// goes with it.
/// </summary>
/// <remarks>
/// Safe for concurrent use: one call at a time does its work, the others wait. Lock: its own, outermost; then the
/// object's write order, then the device's.
/// </remarks>
public sealed partial class GpuSession : IDisposable
{
    /// <summary>Longest name of a client or an object, characters.</summary>
    public const int MaxNameLength = 128;

    private readonly object _gate = new();
    private readonly SimulatedGpu _gpu;
    private readonly SortedDictionary<uint, HandleEntry> _handles = []; // Lock: _gate
    private readonly AcquireContext _acquire = new(); // Lock: _gate
    private readonly GpuClient _client;
    private readonly AddressSpace _space;
    private readonly MemoryGroup _group;
    private uint _lastHandle; // Lock: _gate
    private int _handleCount; // Lock: _gate; read without it
    private long _heldBytes; // Lock: _gate; read without it
    private long _lastSeenNs;
    private int _holds;
    private bool _isReleased; // Lock: _gate

    internal GpuSession(SimulatedGpu gpu, int id, string name, SessionLimits limits, MemoryGroup parent)
    {
        _gpu = gpu;
        Id = id;
        Name = name;
        Limits = limits;
        OpenedNs = gpu.Driver.ClockNs;
        _lastSeenNs = OpenedNs;
        _client = new GpuClient(gpu.Device, (ulong)id, name);
        _space = gpu.Device.CreateAddressSpace();
        _group = parent.CreateChild(name);
    }

    /// <summary>Its number on the device.</summary>
    public int Id { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The group that it was opened in; null for none.</summary>
    public string? GroupPath { get; internal init; }

    /// <summary>What it may hold.</summary>
    public SessionLimits Limits { get; private set; }

    /// <summary>When it was opened, on the driver's clock, ns.</summary>
    public long OpenedNs { get; }

    /// <summary>When it last did or said anything, on the driver's clock, ns.</summary>
    public long LastSeenNs => Volatile.Read(ref _lastSeenNs);

    /// <summary>How long it may be silent before it is released; null for ever, as for clients inside the host.</summary>
    public TimeSpan? Lease { get; internal set; }

    /// <summary>Bytes of its objects.</summary>
    public ulong HeldBytes => (ulong)Volatile.Read(ref _heldBytes);

    /// <summary>Its handles.</summary>
    public int HandleCount => Volatile.Read(ref _handleCount);

    /// <summary>Jobs that it queued.</summary>
    public long JobCount { get; private set; }

    /// <summary>True once it was released.</summary>
    public bool IsReleased
    {
        get
        {
            lock (_gate)
            {
                return _isReleased;
            }
        }
    }

    internal byte[]? KeyHash { get; set; }

    internal SimulatedGpu Gpu => _gpu;

    /// <summary>Says that the client lives.</summary>
    public void Touch() => Volatile.Write(ref _lastSeenNs, _gpu.Driver.ClockNs);

    /// <summary>Keeps the client alive until <see cref="EndHold"/>: a connection stands for it.</summary>
    public void BeginHold()
    {
        Interlocked.Increment(ref _holds);
        Touch();
    }

    /// <summary>The connection is gone: the lease counts again, or, when asked, the client counts as silent for all of it.</summary>
    /// <param name="graceNs">Time left before the lease ends; null for the whole lease.</param>
    public void EndHold(long? graceNs)
    {
        Touch();
        if (graceNs is { } grace && Lease is { } lease)
        {
            Volatile.Write(ref _lastSeenNs, _gpu.Driver.ClockNs - Math.Max(0, (long)lease.TotalNanoseconds - grace));
        }

        Interlocked.Decrement(ref _holds);
    }

    /// <summary>Whether its lease ran out.</summary>
    public bool IsExpired =>
        Volatile.Read(ref _holds) == 0 && Lease is { } lease && _gpu.Driver.ClockNs - LastSeenNs > lease.TotalNanoseconds;

    /// <summary>The memory that it holds, as a driver shows it in a file of the process.</summary>
    public string FdInfo() => _client.FdInfo();

    /// <summary>Changes what it may hold. Objects that exist stay.</summary>
    /// <param name="limits">The new limits.</param>
    public SessionError? SetLimits(SessionLimits limits)
    {
        lock (_gate)
        {
            if (_isReleased)
            {
                return SessionError.Released;
            }

            if (limits.MaxObjects is < 0)
            {
                return new SessionError(SessionErrorKind.Invalid, $"maxObjects is {limits.MaxObjects}; give a number from 0, or leave it out for the device's own limit.");
            }

            Limits = limits;
            _gpu.Journal?.Limited(this, limits);
            return null;
        }
    }

    /// <summary>Releases everything that it holds, and takes it off the device's list.</summary>
    public void Dispose() => _gpu.SessionTable.Close(this);

    // Lock: none. Called by the table once.
    internal void Release(bool isJournaled)
    {
        lock (_gate)
        {
            if (_isReleased)
            {
                return;
            }

            _isReleased = true;
            if (isJournaled)
            {
                _gpu.Journal?.Closed(this);
            }

            foreach (HandleEntry entry in _handles.Values)
            {
                Drop(entry);
            }

            _handles.Clear();
            _client.Dispose();
        }

        _gpu.SessionTable.Retire(_group);
    }

    private void Drop(HandleEntry entry)
    {
        TrackedObject tracked = entry.Tracked;
        if (entry.Area is not null)
        {
            _space.Unmap(entry.Area);
            entry.Area = null;
        }

        if (entry.Pins > 0)
        {
            tracked.Target.Reservation.Lock();
            for (; entry.Pins > 0; entry.Pins--)
            {
                tracked.Target.Unpin();
            }

            tracked.Target.Reservation.Unlock();
        }

        Interlocked.Decrement(ref _handleCount);
        Interlocked.Add(ref _heldBytes, -(long)tracked.Target.SizeBytes);
        bool isLast = _gpu.SessionTable.DropHandle(tracked);
        _client.Close(entry.ClientHandle);
        if (isLast)
        {
            _gpu.Forget(tracked);
        }
    }

    private SessionError? CheckRoom(ulong sizeBytes)
    {
        int maxObjects = Math.Min(Limits.MaxObjects ?? int.MaxValue, _gpu.Options.MaxObjectsPerClient);
        if (_handles.Count >= maxObjects)
        {
            return new SessionError(SessionErrorKind.LimitReached, $"Client {Id} has {_handles.Count} objects and may have {maxObjects}; destroy some, or have its limit raised.");
        }

        ulong held = HeldBytes;
        if (Limits.MaxBytes is { } maxBytes && (sizeBytes > maxBytes || held > maxBytes - sizeBytes))
        {
            return new SessionError(SessionErrorKind.LimitReached, $"Client {Id} holds {ByteSize.Format(held)} and may hold {ByteSize.Format(maxBytes)}; another {ByteSize.Format(sizeBytes)} is too much. Destroy objects, or have its limit raised.");
        }

        return null;
    }

    private bool TryEntry(uint handle, out HandleEntry entry, out SessionError? error)
    {
        error = _isReleased ? SessionError.Released : null;
        if (error is null && _handles.TryGetValue(handle, out HandleEntry? found))
        {
            entry = found;
            return true;
        }

        entry = null!;
        error ??= SessionError.NoHandle(handle);
        return false;
    }

    /// <summary>Runs something while this client does nothing.</summary>
    internal T WhileQuiet<T>(Func<T> run)
    {
        lock (_gate)
        {
            return run();
        }
    }

    internal SessionImage Image()
    {
        lock (_gate)
        {
            return new SessionImage(
                this, Limits, _lastHandle, _isReleased ? [] : [.. _handles.Values.Select(static each => new HandleImage(
                    each.Handle,
                    each.Tracked,
                    each.Area?.StartAddress ?? 0,
                    each.Protection,
                    each.Pins,
                    each.PinnedIn,
                    each.Tracked.SharedName,
                    each.Tracked.Target.IsPurgeable))]);
        }
    }
}
