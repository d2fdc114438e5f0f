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
    private const int StripeLongs = 16; // 128 bytes: processors fetch cache lines in pairs

    // The first stripe is left out: the array's own header, which everybody reads, lies beside it.
    private readonly long[] _values = new long[(StripeCount + 1) * StripeLongs];

    public int CounterCount { get; } = counterCount is > 0 and <= StripeLongs
        ? counterCount
        : throw new ArgumentOutOfRangeException(nameof(counterCount), counterCount, "A stripe holds 1 to 16 counters.");

    public void Add(int counter, long amount) => Interlocked.Add(ref _values[Stripe() + counter], amount);

    public long Sum(int counter)
    {
        long sum = 0;
        for (int stripe = 1; stripe <= StripeCount; stripe++)
        {
            sum += Volatile.Read(ref _values[(stripe * StripeLongs) + counter]);
        }

        return sum;
    }

    private static int Stripe() => ((Environment.CurrentManagedThreadId % StripeCount) + 1) * StripeLongs;
}
