using System;
using System.Threading;

namespace GpuMm.Primitives;

/// <summary>A few counters that many threads raise: each thread adds in cache lines of its own, a reader sums up.</summary>
/// <remarks>
/// One shared word would be the only thing that faults of different objects meet at. A sum read while others add may
/// miss what they add just now. Lock: none.
/// </remarks>
internal sealed class StripedCounters(int counterCount)
{
    private const int StripeCount = 16;
    private const int LineLongs = 16; // 128 bytes: processors fetch cache lines in pairs
    private const int MaxCounters = 128;

    // Whole lines per thread, and one in front: the array's own header, which everybody reads, lies beside it.
    private readonly int _stripeLongs = (counterCount + LineLongs - 1) / LineLongs * LineLongs;
    private readonly long[] _values = new long[
        LineLongs + (StripeCount * ((Math.Clamp(counterCount, 1, MaxCounters) + LineLongs - 1) / LineLongs * LineLongs))];

    public int CounterCount { get; } = counterCount is > 0 and <= MaxCounters
        ? counterCount
        : throw new ArgumentOutOfRangeException(nameof(counterCount), counterCount, "There are 1 to 128 counters.");

    public void Add(int counter, long amount) => Interlocked.Add(ref _values[Stripe() + counter], amount);

    public long Sum(int counter)
    {
        long sum = 0;
        for (int stripe = 0; stripe < StripeCount; stripe++)
        {
            sum += Volatile.Read(ref _values[LineLongs + (stripe * _stripeLongs) + counter]);
        }

        return sum;
    }

    private int Stripe() => LineLongs + (Environment.CurrentManagedThreadId % StripeCount * _stripeLongs);
}
