using System.Diagnostics;
using System.Threading;

namespace GpuMm.Primitives;

/// <summary>A monitor with a place in the lock order. <c>using RankedLock.Scope scope = _lock.Enter();</c></summary>
/// <remarks>A monitor, not <c>System.Threading.Lock</c>: systematic schedule exploration sees monitors only.</remarks>
internal sealed class RankedLock(LockRank rank)
{
    private readonly object _gate = new();

    public Scope Enter()
    {
        LockOrder.BeforeWait(rank);
        Monitor.Enter(_gate);
        LockOrder.Taken(rank);
        return new Scope(this);
    }

    [Conditional("DEBUG")]
    public void AssertHeld() => Debug.Assert(Monitor.IsEntered(_gate), "The caller holds the lock.");

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
