using System;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <summary>Gives objects the small numbers by which rankings know them. Used only when a policy ranks.</summary>
internal sealed class PolicySlots
{
    private readonly RankedLock _lock = new(LockRank.Registry);
    private int[] _free = new int[64]; // Lock: _lock; a stack
    private int _freeCount; // Lock: _lock
    private int _count; // Lock: _lock; given out so far

    /// <summary>A number that nobody has.</summary>
    public int Take()
    {
        using RankedLock.Scope scope = _lock.Enter();
        return _freeCount > 0 ? _free[--_freeCount] : _count++;
    }

    /// <summary>Takes a number back. No ranking may know it any more.</summary>
    public void Give(int slot)
    {
        using RankedLock.Scope scope = _lock.Enter();
        if (_freeCount == _free.Length)
        {
            Array.Resize(ref _free, 2 * _freeCount);
        }

        _free[_freeCount++] = slot;
    }
}
