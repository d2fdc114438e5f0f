using System;
using System.Diagnostics;
using System.Threading;

namespace GpuMm.Primitives;

/// <summary>Many readers or one writer, in the lock order. A waiting writer keeps new readers out.</summary>
/// <remarks>
/// Readers count themselves in one of several words, each in a cache line of its own, so that faults of different threads
/// do not meet. A reader adds itself, then looks for a writer; a writer announces itself, then adds the readers up. Both
/// first steps are interlocked (full fences), so one of the two always sees the other. Who has to wait does so on a
/// monitor, which systematic schedule exploration sees. Not recursive; a reader leaves on the thread that entered.
/// </remarks>
internal sealed class SharedLock(LockRank rank)
{
    private const int SlotCount = 16;
    private const int SlotStride = 32; // 32 ints = 128 bytes: processors fetch cache lines in pairs

    private readonly object _gate = new();
    private readonly int[] _readers = new int[(SlotCount + 1) * SlotStride];
    private int _writers; // Writers that hold or want the lock; changed under _gate
    private bool _isWritten; // Lock: _gate

    public void EnterShared()
    {
        LockOrder.BeforeWait(rank);
        ref int slot = ref Slot();
        Interlocked.Increment(ref slot);
        if (Volatile.Read(ref _writers) != 0)
        {
            EnterSharedSlowly(ref slot);
        }

        LockOrder.Taken(rank);
    }

    public void ExitShared()
    {
        LockOrder.Released(rank);
        Interlocked.Decrement(ref Slot());
        if (Volatile.Read(ref _writers) != 0)
        {
            WakeAll();
        }
    }

    public void EnterExclusive()
    {
        LockOrder.BeforeWait(rank);
        lock (_gate)
        {
            Interlocked.Increment(ref _writers);
            bool isTaken = false;
            try
            {
                while (_isWritten || ReaderCount() != 0)
                {
                    Monitor.Wait(_gate);
                }

                _isWritten = true;
                isTaken = true;
            }
            finally
            {
                // A wait that was interrupted must not keep the readers out.
                if (!isTaken)
                {
                    Interlocked.Decrement(ref _writers);
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
            Debug.Assert(_isWritten, "An exclusive lock is given back once.");
            _isWritten = false;
            Interlocked.Decrement(ref _writers);
            Monitor.PulseAll(_gate);
        }
    }

    private void EnterSharedSlowly(ref int slot)
    {
        lock (_gate)
        {
            while (Volatile.Read(ref _writers) != 0)
            {
                // Step back, so that the writer can go first.
                Interlocked.Decrement(ref slot);
                Monitor.PulseAll(_gate);
                Monitor.Wait(_gate);
                Interlocked.Increment(ref slot);
            }
        }
    }

    private void WakeAll()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private int ReaderCount()
    {
        int sum = 0;
        for (int i = 1; i <= SlotCount; i++)
        {
            sum += Volatile.Read(ref _readers[i * SlotStride]);
        }

        return sum;
    }

    private ref int Slot() => ref _readers[((Environment.CurrentManagedThreadId % SlotCount) + 1) * SlotStride];
}
