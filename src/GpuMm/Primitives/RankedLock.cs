using System.Diagnostics;
using System.Threading;

namespace GpuMm.Primitives;

/// <summary>A monitor with a place in the lock order. <c>using RankedLock.Scope scope = _lock.Enter();</c></summary>
/// <remarks>A monitor, not <c>System.Threading.Lock</c>: systematic schedule exploration sees monitors only.</remarks>
internal sealed class RankedLock(LockRank rank)
{
    private readonly object _gate = new();
    private int _waiters; // Lock: this one

    public Scope Enter()
    {
        LockOrder.BeforeWait(rank);
        Monitor.Enter(_gate);
        LockOrder.Taken(rank);
        return new Scope(this);
    }

    [Conditional("DEBUG")]
    public void AssertHeld() => Debug.Assert(Monitor.IsEntered(_gate), "The caller holds the lock.");

    /// <summary>Lets the lock go until somebody calls <see cref="PulseAll"/>, and takes it again. No other may be held inside it.</summary>
    public void Wait()
    {
        _waiters++;
        Monitor.Wait(_gate);
        _waiters--;
    }

    /// <summary>Wakes whoever waits. The lock is held.</summary>
    public void PulseAll()
    {
        if (_waiters != 0)
        {
            // Only then: a pulse makes the monitor a heavy one for good, also when nobody sleeps.
            Monitor.PulseAll(_gate);
        }
    }

    private void Exit()
    {
        LockOrder.Released(rank);
        Monitor.Exit(_gate);
    }

    public readonly ref struct Scope(RankedLock owner)
    {
        public void Dispose() => owner.Exit();
    }
}
