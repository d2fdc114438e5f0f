using System;

namespace GpuMm.Lab.League;

/// <summary>
/// A knapsack of very many pieces: how much benefit fits into a budget of room at most, taking the cheapest first. Pieces of
/// nearly the same price share a bucket, in favour of the bound.
/// </summary>
internal sealed class BoundHistogram
{
    private const int MantissaBits = 10; // buckets are 0.1 % wide
    private const int DropBits = 52 - MantissaBits;
    private const int Buckets = 96 << MantissaBits; // prices from 1 to 2^96

    private readonly ulong[] _benefit = new ulong[Buckets];
    private readonly UInt128[] _room = new UInt128[Buckets];

    /// <summary>Adds a piece.</summary>
    /// <param name="room">Room that it takes, units of size times requests.</param>
    /// <param name="benefit">What it brings; at least 1.</param>
    public void Add(ulong room, ulong benefit)
    {
        int at = BucketOf((double)room / benefit);
        _benefit[at] += benefit;
        _room[at] += room;
    }

    /// <summary>The most benefit that fits: never less than what any choice of pieces brings.</summary>
    /// <param name="budget">Room in all.</param>
    public ulong MostBenefit(UInt128 budget)
    {
        ulong sum = 0;
        for (int at = 0; at < Buckets; at++)
        {
            if (_room[at] > budget)
            {
                // Even if all of the bucket were as cheap as its lower edge.
                double most = at == 0 ? double.PositiveInfinity : (double)budget / LowerEdge(at);
                return sum + (most >= _benefit[at] ? _benefit[at] : (ulong)most + 1);
            }

            budget -= _room[at];
            sum += _benefit[at];
        }

        return sum;
    }

    private static int BucketOf(double price)
    {
        long bits = BitConverter.DoubleToInt64Bits(price) - BitConverter.DoubleToInt64Bits(1);
        return (int)Math.Clamp(bits >> DropBits, 0, Buckets - 1);
    }

    private static double LowerEdge(int at) =>
        BitConverter.Int64BitsToDouble(((long)at << DropBits) + BitConverter.DoubleToInt64Bits(1));
}
