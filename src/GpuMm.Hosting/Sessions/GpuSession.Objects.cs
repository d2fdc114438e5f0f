using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Threading;
using GpuMm.Hosting.Diagnostics;
using GpuMm.Objects;
using GpuMm.Primitives;

namespace GpuMm.Hosting.Sessions;

/// <content>Objects: their life, where they should be, whether they may move.</content>
public sealed partial class GpuSession
{
    private const ulong MaxObjectBytes = 1ul << 44;

    /// <summary>Its handles and objects, in order of the handles.</summary>
    /// <returns>A copy. Cost: O(handles).</returns>
    public IReadOnlyList<KeyValuePair<uint, TrackedObject>> Objects()
    {
        lock (_gate)
        {
            return [.. _handles.Values.Select(static each => KeyValuePair.Create(each.Handle, each.Tracked))];
        }
    }

    /// <summary>The object behind a handle, or null.</summary>
    /// <param name="handle">The handle.</param>
    public TrackedObject? Find(uint handle)
    {
        lock (_gate)
        {
            return _handles.GetValueOrDefault(handle)?.Tracked;
        }
    }

    /// <summary>Creates an object.</summary>
    /// <param name="request">What to make.</param>
    /// <param name="handle">The client's handle; 0 on failure.</param>
    /// <returns>Null, or why not.</returns>
    public SessionError? Create(in ObjectRequest request, out uint handle)
    {
        handle = 0;
        if (Problem(request) is { } problem)
        {
            return new SessionError(SessionErrorKind.Invalid, problem);
        }

        lock (_gate)
        {
            SessionError? error = _isReleased ? SessionError.Released : CheckRoom(Pages.Bytes(Pages.Count(request.SizeBytes)));
            using GpuSpan? span = GpuSpan.Begin(GpuMmDiagnostics.CreateActivity, _gpu, Id);
            span?.Bytes = (long)request.SizeBytes;
            error ??= _gpu.CreateTracked(request, Id, out TrackedObject? tracked, _group) ?? Adopt(tracked!, out handle);
            span?.Ended(error);
            if (error is null)
            {
                TrackedObject made = _handles[handle].Tracked;
                made.Uid = KeyHash is null ? 0 : _gpu.SessionTable.NextUid();
                _gpu.Journal?.Created(this, handle, made, request);
            }

            return error;
        }
    }

    /// <summary>Gives a handle up; with the last one the object goes as soon as the GPU is done with it.</summary>
    /// <param name="handle">The handle.</param>
    public SessionError? Destroy(uint handle)
    {
        lock (_gate)
        {
            if (!TryEntry(handle, out HandleEntry entry, out SessionError? error))
            {
                return error;
            }

            _gpu.Driver.Pump();
            _gpu.Journal?.HandleClosed(this, handle);
            _handles.Remove(handle);
            Drop(entry);
            return null;
        }
    }

    /// <summary>Shares an object: other clients open it by name.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="name">1 to 128 characters.</param>
    public SessionError? Share(uint handle, string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength || name.Any(char.IsControl))
        {
            return new SessionError(SessionErrorKind.Invalid, $"A shared name has 1 to {MaxNameLength} characters, none of them a control character.");
        }

        lock (_gate)
        {
            return TryEntry(handle, out HandleEntry entry, out SessionError? error) ? _gpu.SessionTable.Share(entry.Tracked, name) : error;
        }
    }

    /// <summary>Opens an object that another client shares.</summary>
    /// <param name="name">The name.</param>
    /// <param name="handle">The handle; 0 on failure.</param>
    public SessionError? OpenShared(string name, out uint handle)
    {
        ArgumentNullException.ThrowIfNull(name);
        handle = 0;
        lock (_gate)
        {
            if (_isReleased)
            {
                return SessionError.Released;
            }

            if (_gpu.SessionTable.TakeShared(name) is not { } tracked)
            {
                return new SessionError(SessionErrorKind.NotFound, $"Nothing is shared as '{name}'.");
            }

            SessionError? error = CheckRoom(tracked.Target.SizeBytes);
            if (error is null && tracked.Uid == 0 && KeyHash is not null && _gpu.Journal is not null)
            {
                error = new SessionError(SessionErrorKind.Conflict, $"'{name}' belongs to a program inside the service and would not outlive it, so a client whose state is kept cannot open it.");
            }

            if (error is null)
            {
                handle = Enter(tracked);
                _gpu.Journal?.HandleOpened(this, handle, tracked);
            }
            else if (_gpu.SessionTable.DropHandle(tracked))
            {
                _gpu.Forget(tracked);
            }

            return error;
        }
    }

    /// <summary>Brings an object somewhere now, and remembers the wish for later submissions.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="placementName">One of <see cref="PlacementNames"/>.</param>
    public SessionError? Place(uint handle, string placementName)
    {
        if (!PlacementNames.TryGet(placementName, out Placement placement))
        {
            return NoPlacement(placementName);
        }

        lock (_gate)
        {
            if (!TryEntry(handle, out HandleEntry entry, out SessionError? error))
            {
                return error;
            }

            error = WithReservation(entry, $"Placing handle {handle} in {placementName}", placement);
            if (error is null)
            {
                entry.Tracked.Placement = placement;
                entry.Tracked.PlacementName = placementName;
                _gpu.Journal?.Placed(entry.Tracked, placementName);
            }

            return error;
        }
    }

    /// <summary>Brings an object somewhere and forbids moves until unpinned as often.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="placementName">Where; null for where it is, or its usual placement when it has no place.</param>
    public SessionError? Pin(uint handle, string? placementName = null)
    {
        Placement placement = Placement.Empty;
        if (placementName is not null && !PlacementNames.TryGet(placementName, out placement))
        {
            return NoPlacement(placementName);
        }

        lock (_gate)
        {
            if (!TryEntry(handle, out HandleEntry entry, out SessionError? error))
            {
                return error;
            }

            Placement? wanted = placementName is not null ? placement : entry.Tracked.Target.Resource is null ? entry.Tracked.Placement : null;
            error = WithReservation(entry, $"Pinning handle {handle}", wanted, static target => target.Pin());
            if (error is null)
            {
                entry.Pins++;
                entry.PinnedIn = entry.Pins == 1 ? placementName : entry.PinnedIn;
                _gpu.Journal?.Pinned(this, handle, placementName);
            }

            return error;
        }
    }

    /// <summary>Takes one of the client's pins back.</summary>
    /// <param name="handle">The handle.</param>
    public SessionError? Unpin(uint handle)
    {
        lock (_gate)
        {
            if (!TryEntry(handle, out HandleEntry entry, out SessionError? error))
            {
                return error;
            }

            if (entry.Pins == 0)
            {
                return new SessionError(SessionErrorKind.Conflict, $"Handle {handle} is not pinned by this client, so there is nothing to take back.");
            }

            error = WithReservation(entry, $"Unpinning handle {handle}", placement: null, static target => target.Unpin());
            if (error is null)
            {
                entry.Pins--;
                _gpu.Journal?.Unpinned(this, handle);
            }

            return error;
        }
    }

    /// <summary>Says whether the contents are needed; what is not may be dropped to make room.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="isNeeded">Whether they are.</param>
    /// <param name="isRetained">True when they are still there.</param>
    public SessionError? Advise(uint handle, bool isNeeded, out bool isRetained)
    {
        isRetained = false;
        lock (_gate)
        {
            if (!TryEntry(handle, out HandleEntry entry, out SessionError? error))
            {
                return error;
            }

            bool retained = false;
            lock (entry.Tracked.WriteOrder)
            {
                error = WithReservation(
                    entry, "Advising", placement: null, target => retained = target.Advise(isNeeded ? MemoryAdvice.WillNeed : MemoryAdvice.DontNeed));
                _gpu.Journal?.Advised(entry.Tracked, isNeeded);
            }

            isRetained = retained;
            return error;
        }
    }

    /// <summary>Drops the contents now; the object stays and reads as zero.</summary>
    /// <param name="handle">The handle.</param>
    public SessionError? Purge(uint handle)
    {
        lock (_gate)
        {
            if (!TryEntry(handle, out HandleEntry entry, out SessionError? error))
            {
                return error;
            }

            lock (entry.Tracked.WriteOrder)
            {
                error = WithReservation(entry, $"Purging handle {handle}", Placement.Empty);
                if (error is null)
                {
                    _gpu.Journal?.Purged(entry.Tracked);
                }
            }

            return error;
        }
    }

    // Lock: _gate.
    private SessionError? Adopt(TrackedObject tracked, out uint handle)
    {
        tracked.CountHandle(1);
        handle = Enter(tracked);
        tracked.Target.Release(); // The handle holds a reference of its own.
        return null;
    }

    private uint Enter(TrackedObject tracked)
    {
        uint handle = checked(++_lastHandle);
        _handles.Add(handle, new HandleEntry(handle, _client.Open(tracked.Target), tracked));
        Interlocked.Increment(ref _handleCount);
        Interlocked.Add(ref _heldBytes, (long)tracked.Target.SizeBytes);
        return handle;
    }

    private SessionError? WithReservation(HandleEntry entry, string what, Placement? placement, Action<BufferObject>? then = null)
    {
        BufferObject target = entry.Tracked.Target;
        _gpu.Driver.Pump();
        target.Reservation.Lock();
        try
        {
            if (placement is not null)
            {
                using GpuSpan? span = GpuSpan.Begin(GpuMmDiagnostics.ValidateActivity, _gpu, Id);
                span?.Bytes = (long)target.SizeBytes;
                OperationContext context = default;
                MmStatus status = target.Validate(placement, ref context);
                if (status != MmStatus.Ok)
                {
                    SessionError refused = SessionError.From(status, what);
                    span?.Ended(refused);
                    return refused;
                }
            }

            then?.Invoke(target);
            return null;
        }
        finally
        {
            target.Reservation.Unlock();
        }
    }

    private static string? Problem(in ObjectRequest request) =>
        request.SizeBytes == 0 || request.SizeBytes > MaxObjectBytes ? $"The size is {request.SizeBytes} bytes; give 1 to {MaxObjectBytes} (16 TiB)."
        : (uint)request.Priority >= ResourceManager.PriorityCount ? $"The priority is {request.Priority}; give 0 (evicted first) to 3."
        : request.AlignmentBytes != 0 && (!BitOperations.IsPow2(request.AlignmentBytes) || request.AlignmentBytes > MaxObjectBytes)
            ? $"The alignment is {request.AlignmentBytes}; give 0 or a power of two up to 16 TiB."
        : request.Name is { } name && (name.Length > MaxNameLength || name.Any(char.IsControl))
            ? $"An object's name has at most {MaxNameLength} characters, none of them a control character."
        : request.Kind == BufferObjectKind.Sg ? "An object of kind sg needs pages of somebody else, which a client of the service cannot hand over; ask for device or kernel."
        : !PlacementNames.TryGet(request.PlacementName, out _) ? NoPlacement(request.PlacementName!).Message
        : null;

    private static SessionError NoPlacement(string name) =>
        new(SessionErrorKind.Invalid, $"There is no placement '{name}'; ask for one of {string.Join(", ", PlacementNames.All)}.");
}
