using System.Threading;
using GpuMm.Backing;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <summary>
/// Objects that became the youngest, noted apart from the order itself, so that threads which use objects of their own do
/// not meet at its lock. Whoever looks at the order, or changes it, first puts the notes into effect.
/// </summary>
/// <remarks>
/// Notes of one thread keep their order; those of several threads are put into effect one buffer after the other. Lock: one of
/// its own, inside the manager's. Source: the buffers of Caffeine and of BP-Wrapper (Ding and others, 2009).
/// </remarks>
internal sealed class BumpBuffer
{
    /// <summary>Notes that a buffer takes; with one more the order's lock is taken after all.</summary>
    public const int Capacity = 64;

    private readonly RankedLock _lock = new(LockRank.BumpBuffer);
    private readonly Resource?[] _noted = new Resource?[Capacity]; // Lock: _lock
    private int _count; // Lock: _lock; read without it

    /// <summary>False without a note, as far as a glance without the lock tells.</summary>
    public bool HasNotes => Volatile.Read(ref _count) != 0;

    /// <summary>One thread alone will use it.</summary>
    public void KeepToOneThread() => _lock.KeepToOneThread();

    /// <summary>Notes a bump; false when there is no room. Lock: the reservation of the resource's object.</summary>
    public bool TryNote(Resource resource)
    {
        using RankedLock.Scope scope = _lock.Enter();
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

    /// <summary>Puts the notes into effect. Lock: the manager's.</summary>
    public void Drain(ResourceManager manager)
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
}
