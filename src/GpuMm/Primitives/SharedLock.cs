using System.Diagnostics;
using System.Threading;

namespace GpuMm.Primitives;

/// <summary>Many readers or one writer, in the lock order. A waiting writer keeps new readers out.</summary>
/// <remarks>Built on a monitor so that systematic schedule exploration sees it. Not recursive.</remarks>
internal sealed class SharedLock(LockRank rank)
{
    private readonly object _gate = new();
    private int _readers; // Lock: _gate
    private int _waitingWriters; // Lock: _gate
    private bool _writer; // Lock: _gate

    public void EnterShared()
    {
        LockOrder.BeforeWait(rank);
        lock (_gate)
        {
            while (_writer || _waitingWriters > 0)
            {
                Monitor.Wait(_gate);
            }

            _readers++;
        }

        LockOrder.Taken(rank);
    }

    public void ExitShared()
    {
        LockOrder.Released(rank);
        lock (_gate)
        {
            Debug.Assert(_readers > 0, "A shared lock is given back once.");
            if (--_readers == 0 && _waitingWriters > 0)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    public void EnterExclusive()
    {
        LockOrder.BeforeWait(rank);
        lock (_gate)
        {
            _waitingWriters++;
            try
            {
                while (_writer || _readers > 0)
                {
                    Monitor.Wait(_gate);
                }

                _writer = true;
            }
            finally
            {
                // A wait that was interrupted must not keep the readers out.
                _waitingWriters--;
                if (!_writer)
                {
                    Monitor.PulseAll(_gate);
                }
            }
        }

        LockOrder.Taken(rank);
    }

    public void ExitExclusive()
    {
        LockOrder.Released(rank);
        lock (_gate)
        {
            Debug.Assert(_writer, "An exclusive lock is given back once.");
            _writer = false;
            Monitor.PulseAll(_gate);
        }
    }
}
