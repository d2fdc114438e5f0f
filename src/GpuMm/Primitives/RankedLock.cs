using System.Diagnostics;
using System.Threading;

namespace GpuMm.Primitives;

/// <summary>A lock with a place in the lock order. <c>using RankedLock.Scope scope = _lock.Enter();</c></summary>
/// <remarks>
/// One word, changed by interlocked operations (full fences both ways); whoever does not get it spins for a few microseconds, for
/// what these locks guard takes some tens of nanoseconds, and then sleeps on a monitor. A monitor alone stays a heavy one for good once two
/// threads have met at it, which made each of the half a dozen locks of a move twice as dear. The word is set to
/// <see cref="Awaited"/> only under the monitor, and whoever frees a word so marked wakes the sleepers under the same monitor,
/// so no wake-up is lost. Systematic schedule exploration sees both the interlocked operations and the monitor. Not recursive.
/// Source: the second mutex of Drepper, Futexes are tricky (2011), for the three states.
/// </remarks>
internal sealed class RankedLock(LockRank rank)
{
    // Free --Enter--> Held --Enter of another, who sleeps--> Awaited;  Held, Awaited --Exit--> Free
    private const int Free = 0;
    private const int Held = 1;
    private const int Awaited = 2;
    private const int MaxSpins = 24;

    private readonly object _gate = new();
    private int _state;
    private bool _isPrivate; // Set before the first Enter
    private uint _meetings; // Held by this lock
    private int _waiters; // Lock: _gate; those of Wait
    private ulong _pulses; // Lock: _gate
#if DEBUG
    private int _ownerThread;
    private int _onlyThread; // That entered what is kept to one
#endif

    /// <summary>
    /// One thread alone will ever enter, so that nothing need be atomic. Call it before the first entry; there is no way back.
    /// </summary>
    public void KeepToOneThread()
    {
        Debug.Assert(Volatile.Read(ref _state) == Free, "Nobody holds the lock.");
        _isPrivate = true;
    }

    /// <summary>How often somebody found it held by another; wraps around. The lock is held.</summary>
    public uint Meetings => _meetings;

    public Scope Enter()
    {
        LockOrder.BeforeWait(rank);
        Acquire();
        LockOrder.Taken(rank);
        return new Scope(this);
    }

    [Conditional("DEBUG")]
    public void AssertHeld()
    {
        Debug.Assert(Volatile.Read(ref _state) != Free, "Somebody holds the lock.");
#if DEBUG
        Debug.Assert(_ownerThread == System.Environment.CurrentManagedThreadId, "The caller holds the lock.");
#endif
    }

    /// <summary>Lets the lock go until somebody calls <see cref="PulseAll"/>, and takes it again. No other may be held inside it.</summary>
    public void Wait()
    {
        AssertHeld();
        lock (_gate)
        {
            _waiters++;
            ulong before = _pulses;
            Release();
            while (_pulses == before)
            {
                Monitor.Wait(_gate);
            }

            _waiters--;
        }

        Acquire();
    }

    /// <summary>Wakes whoever waits. The lock is held.</summary>
    public void PulseAll()
    {
        AssertHeld();
        if (Volatile.Read(ref _waiters) != 0)
        {
            lock (_gate)
            {
                _pulses++;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void Acquire()
    {
        if (_isPrivate)
        {
            AcquireAlone();
        }
        else if (Interlocked.CompareExchange(ref _state, Held, Free) != Free)
        {
            AcquireSlowly();
            _meetings = unchecked(_meetings + 1);
        }

#if DEBUG
        _ownerThread = System.Environment.CurrentManagedThreadId;
#endif
    }

    private void AcquireAlone()
    {
#if DEBUG
        int thread = System.Environment.CurrentManagedThreadId;
        _onlyThread = _onlyThread == 0 ? thread : _onlyThread;
        Debug.Assert(_onlyThread == thread, "Only one thread enters what is kept to one.");
#endif
        Debug.Assert(_state == Free, "The thread does not hold the lock already.");
        _state = Held;
    }

    private void AcquireSlowly()
    {
        SpinWait spin = default;
        for (int i = 0; i < MaxSpins; i++)
        {
            if (spin.NextSpinWillYield)
            {
                // That would hand the processor to whoever else wants it, on a busy machine for milliseconds.
                spin.Reset();
            }

            spin.SpinOnce(sleep1Threshold: -1);
            if (Volatile.Read(ref _state) == Free && Interlocked.CompareExchange(ref _state, Held, Free) == Free)
            {
                return;
            }
        }

        lock (_gate)
        {
            while (Interlocked.Exchange(ref _state, Awaited) != Free)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    private void Release()
    {
#if DEBUG
        _ownerThread = 0;
#endif
        if (_isPrivate)
        {
            _state = Free;
        }
        else if (Interlocked.Exchange(ref _state, Free) == Awaited)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void Exit()
    {
        LockOrder.Released(rank);
        Release();
    }

    public readonly ref struct Scope(RankedLock owner)
    {
        public void Dispose() => owner.Exit();
    }
}
