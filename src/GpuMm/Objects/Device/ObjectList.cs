using System.Collections.Generic;
using System.Threading;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <summary>Objects that exist, those that one thread (or a few) made; each has a link to its neighbours. Lock: one of its own.</summary>
internal sealed class ObjectList
{
    private readonly RankedLock _lock = new(LockRank.Registry);
    private BufferObject? _first; // Lock: _lock
    private BufferObject? _last; // Lock: _lock
    private int _count; // Lock: _lock
    private int _makingCount; // Interlocked

    /// <summary>Whether objects are being made: they may hold pages and are on no list yet.</summary>
    public bool IsMaking => Volatile.Read(ref _makingCount) != 0;

    public int Count
    {
        get
        {
            using RankedLock.Scope scope = _lock.Enter();
            return _count;
        }
    }

    /// <summary>One thread alone will use it.</summary>
    public void KeepToOneThread() => _lock.KeepToOneThread();

    /// <summary>An object that will be on this list is being made.</summary>
    public void BeginMaking() => Interlocked.Increment(ref _makingCount);

    /// <summary>It is on the list, or nothing came of it.</summary>
    public void EndMaking() => Interlocked.Decrement(ref _makingCount);

    /// <summary>Appends an object that is on no list.</summary>
    public void Add(BufferObject made)
    {
        using RankedLock.Scope scope = _lock.Enter();
        made.PreviousObject = _last;
        if (_last is null)
        {
            _first = made;
        }
        else
        {
            _last.NextObject = made;
        }

        _last = made;
        _count++;
    }

    /// <summary>Takes an object out.</summary>
    public void Remove(BufferObject gone)
    {
        using RankedLock.Scope scope = _lock.Enter();
        if (gone.PreviousObject is null)
        {
            _first = gone.NextObject;
        }
        else
        {
            gone.PreviousObject.NextObject = gone.NextObject;
        }

        if (gone.NextObject is null)
        {
            _last = gone.PreviousObject;
        }
        else
        {
            gone.NextObject.PreviousObject = gone.PreviousObject;
        }

        gone.PreviousObject = null;
        gone.NextObject = null;
        _count--;
    }

    /// <summary>Appends all objects, in the order in which they came.</summary>
    public void CopyTo(List<BufferObject> objects)
    {
        using RankedLock.Scope scope = _lock.Enter();
        objects.EnsureCapacity(objects.Count + _count);
        for (BufferObject? next = _first; next is not null; next = next.NextObject)
        {
            objects.Add(next);
        }
    }
}
