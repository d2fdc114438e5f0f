using System;
using System.Diagnostics;

namespace GpuMm.Primitives;

/// <summary>Debug builds remember the ranks that a thread holds and assert that each new one is higher.</summary>
internal static class LockOrder
{
    private const int MaxHeld = 4096; // An acquire context may hold very many reservations.

    [ThreadStatic]
    private static Stack? s_stack;

    /// <summary>Call before waiting for a lock.</summary>
    [Conditional("DEBUG")]
    public static void BeforeWait(LockRank rank)
    {
        Stack stack = s_stack ??= new Stack();
        bool upward = stack.Highest < rank || (rank == LockRank.Reservation && stack.Highest == rank);
        if (!upward)
        {
            throw new InvalidOperationException($"Lock order: {rank} may not be waited for while {stack.Highest} is held.");
        }
    }

    /// <summary>Call after a lock was taken, also by a try-lock.</summary>
    [Conditional("DEBUG")]
    public static void Taken(LockRank rank) => (s_stack ??= new Stack()).Push(rank);

    /// <summary>Call when a lock is given back; the order of giving back is free.</summary>
    [Conditional("DEBUG")]
    public static void Released(LockRank rank) => s_stack?.Remove(rank);

    /// <summary>Asserts that this thread holds no lock of a rank or above: it is about to wait or to call out.</summary>
    [Conditional("DEBUG")]
    public static void AssertBelow(LockRank rank)
    {
        Debug.Assert(s_stack is null || s_stack.Highest < rank, $"Nothing at or above {rank} is held here.");
    }

    private sealed class Stack
    {
        private readonly int[] _counts = new int[(int)LockRank.Events + 1];

        public LockRank Highest { get; private set; }

        public void Push(LockRank rank)
        {
            _counts[(int)rank]++;
            Debug.Assert(_counts[(int)rank] <= MaxHeld, "A thread holds a sane number of locks.");
            Highest = (LockRank)Math.Max((byte)Highest, (byte)rank);
        }

        public void Remove(LockRank rank)
        {
            // A reservation may be given back by another thread than the one that took it; then the count is elsewhere.
            if (_counts[(int)rank] > 0)
            {
                _counts[(int)rank]--;
            }

            int highest = (int)LockRank.Events;
            while (highest > 0 && _counts[highest] == 0)
            {
                highest--;
            }

            Highest = (LockRank)highest;
        }
    }
}
