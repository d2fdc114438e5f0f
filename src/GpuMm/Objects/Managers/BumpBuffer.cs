using System.Diagnostics;
using System.Threading;
using GpuMm.Backing;
using GpuMm.Eviction;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <summary>
/// What a thread does apart from the order itself, so that threads which use objects of their own do not meet at its lock:
/// objects that became the youngest, and space that was given back and will soon be wanted again. Whoever looks at the order
/// first puts the notes into effect and the space back.
/// </summary>
/// <remarks>
/// Notes of one thread keep their order; those of several threads are put into effect one buffer after the other. A parked
/// resource keeps its ranges and its place in the order, but has no owner. Lock: one of its own, inside the manager's. Source:
/// the buffers of Caffeine and of BP-Wrapper (Ding and others, 2009); the magazines of Bonwick (2001) for the space.
/// </remarks>
internal sealed class BumpBuffer(ResourceManager manager) : IKeptPart
{
    /// <summary>Notes that a buffer takes; with one more the order's lock is taken after all.</summary>
    public const int Capacity = 64;

    /// <summary>Resources that a buffer keeps; the next one is given back at once.</summary>
    public const int ParkedCapacity = 2;

    private readonly RankedLock _lock = new(LockRank.BumpBuffer);
    private readonly Resource?[] _noted = new Resource?[Capacity]; // Lock: _lock
    private readonly Parked[] _parked = new Parked[ParkedCapacity]; // Lock: _lock
    private int _count; // Lock: _lock; read without it
    private int _parkedCount; // Lock: _lock
    private ulong _parkedBytes; // Lock: _lock; read without it
    private bool _isOpen; // Lock: the manager's and _lock to change, so either will do to read

    /// <summary>False without a note, as far as a glance without the lock tells.</summary>
    public bool HasNotes => Volatile.Read(ref _count) != 0;

    /// <summary>Bytes of what is parked. Exact while the manager's lock is held and the buffer is not open.</summary>
    public ulong KeptBytes => Volatile.Read(ref _parkedBytes);

    /// <summary>Whether space may be parked. Lock: the manager's.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>One thread alone will use it.</summary>
    public void KeepToOneThread() => _lock.KeepToOneThread();

    /// <summary>Notes a bump; false when there is no room. Lock: the reservation of the resource's object.</summary>
    public bool TryNote(Resource resource)
    {
        using RankedLock.Scope scope = _lock.Enter();
        return TryNoteLocked(resource);
    }

    /// <summary>Puts the notes into effect. Lock: the manager's.</summary>
    public void Drain()
    {
        using RankedLock.Scope scope = _lock.Enter();
        for (int i = 0; i < _count; i++)
        {
            // Each leaves two neighbours behind that lie anywhere: all are fetched at the same time.
            Prefetch.Object(_noted[i]!.Previous);
            Prefetch.Object(_noted[i]!.Next);
        }

        for (int i = 0; i < _count; i++)
        {
            manager.BumpLocked(_noted[i]!);
            _noted[i] = null;
        }

        Volatile.Write(ref _count, 0);
    }

    /// <summary>From now on space may be parked. Lock: the manager's.</summary>
    public void Open()
    {
        using RankedLock.Scope scope = _lock.Enter();
        _isOpen = true;
    }

    /// <inheritdoc/>
    public void GiveBack(bool closes)
    {
        using RankedLock.Scope scope = _lock.Enter();
        _isOpen &= !closes;
        for (int i = 0; i < _parkedCount; i++)
        {
            manager.ReleaseParked(_parked[i].Resource!, _parked[i].SizeBytes);
            _parked[i] = default;
        }

        _parkedCount = 0;
        Volatile.Write(ref _parkedBytes, 0);
    }

    /// <summary>
    /// Keeps the space of an object that leaves it, in its place in the order; false when the buffer is not open or is full. Lock:
    /// the reservation of the object.
    /// </summary>
    public bool TryPark(Resource resource)
    {
        using RankedLock.Scope scope = _lock.Enter();
        if (!_isOpen || _parkedCount == ParkedCapacity)
        {
            return false;
        }

        _parked[_parkedCount++] = new Parked(resource, resource.SizeBytes);
        Volatile.Write(ref _parkedBytes, _parkedBytes + resource.SizeBytes);
        resource.Owner = null;
        resource.IsPinnedHere = false;
        return true;
    }

    /// <summary>Space of exactly the size of an object, on the list where it belongs, for an object that may be anywhere.</summary>
    /// <returns>Null when there is none. Lock: the reservation of the object.</returns>
    public Resource? TryTake(BufferObject owner, LruList list, PlaceFlags flags)
    {
        using RankedLock.Scope scope = _lock.Enter();
        for (int i = _parkedCount - 1; i >= 0; i--)
        {
            Resource resource = _parked[i].Resource!;
            if (_parked[i].SizeBytes != owner.SizeBytes || !ReferenceEquals(resource.List, list) ||
                (owner.AlignmentBytes > Pages.SizeBytes && (resource.StartBytes & (owner.AlignmentBytes - 1)) != 0) || !TryNoteLocked(resource))
            {
                continue;
            }

            Debug.Assert(_isOpen, "What is closed is empty.");
            _parked[i] = _parked[--_parkedCount];
            _parked[_parkedCount] = default;
            Volatile.Write(ref _parkedBytes, _parkedBytes - owner.SizeBytes);
            resource.Owner = owner;
            resource.Flags = flags;
            resource.GroupIndex = owner.GroupIndex;
            return resource;
        }

        return null;
    }

    private bool TryNoteLocked(Resource resource)
    {
        if (_count > 0 && ReferenceEquals(_noted[_count - 1], resource))
        {
            return true; // It is the youngest that this buffer knows.
        }

        if (_count == Capacity)
        {
            return false;
        }

        _noted[_count] = resource;
        Volatile.Write(ref _count, _count + 1);
        return true;
    }

    private readonly record struct Parked(Resource? Resource, ulong SizeBytes);
}
