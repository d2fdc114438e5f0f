using System;
using System.Collections.Generic;
using GpuMm.Primitives;

namespace GpuMm.Benchmarks.Allocators;

/// <summary>
/// A stream of requests that is the same on every machine: sizes that fill the range, then pairs of a slot to free and a
/// size to put into it. Units are 4 KiB.
/// </summary>
internal sealed class Workload
{
    private const ulong Seed = 42;
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    private static readonly ulong[] s_fractions = MakeFractions();

    private Workload(string name, uint rangeUnits, uint octaves)
    {
        Name = name;
        RangeUnits = rangeUnits;
        Octaves = octaves;
        Fill = [];
        Picks = [];
        Sizes = [];
    }

    public string Name { get; }

    public uint RangeUnits { get; }

    public uint Octaves { get; }

    /// <summary>Sizes that fill the range before the pairs, one for each slot.</summary>
    public uint[] Fill { get; private set; }

    /// <summary>Slot of each pair.</summary>
    public int[] Picks { get; private set; }

    /// <summary>Size of each pair.</summary>
    public uint[] Sizes { get; private set; }

    /// <summary>True when the run is "all allocated in order, then all freed in order" instead of pairs.</summary>
    public bool InOrder => Picks.Length == 0;

    /// <summary>Sizes over 12 octaves until the range is full to <paramref name="fill"/>; then 2 million pairs.</summary>
    public static Workload Wide(string name, double fill, int slots, ulong hash)
    {
        Workload load = new(name, 4_194_304, 12);
        Prng random = new(Seed);
        List<uint> sizes = [];
        ulong sum = 0;
        while (sum < load.RangeUnits * fill)
        {
            sizes.Add(load.DrawSize(random));
            sum += sizes[^1];
        }

        load.Fill = [.. sizes];
        load.DrawPairs(random, 2_000_000);
        return load.Verified(slots, hash);
    }

    /// <summary>Sizes over 4 octaves in <paramref name="slots"/> slots, then pairs.</summary>
    public static Workload Many(string name, uint rangeUnits, int slots, int pairs, ulong hash)
    {
        Workload load = new(name, rangeUnits, 4);
        Prng random = new(Seed);
        load.Fill = new uint[slots];
        for (int i = 0; i < slots; i++)
        {
            load.Fill[i] = load.DrawSize(random);
        }

        load.DrawPairs(random, pairs);
        return load.Verified(slots, hash);
    }

    private static ulong[] MakeFractions()
    {
        ulong[] fractions = new ulong[256];
        for (int i = 0; i < fractions.Length; i++)
        {
            fractions[i] = (ulong)Math.Floor((Math.Pow(2, i / 256.0) * 4294967296.0) + 0.5);
        }

        return fractions;
    }

    private static ulong Mix(ulong hash, uint value)
    {
        for (int shift = 0; shift < 32; shift += 8)
        {
            hash = unchecked((hash ^ ((value >> shift) & 0xFF)) * FnvPrime);
        }

        return hash;
    }

    private uint DrawSize(Prng random)
    {
        uint k = random.Below(256 * Octaves);
        return (uint)((s_fractions[k & 255] << (int)(k >> 8)) >> 32);
    }

    private void DrawPairs(Prng random, int pairs)
    {
        Picks = new int[pairs];
        Sizes = new uint[pairs];
        for (int i = 0; i < pairs; i++)
        {
            Picks[i] = (int)random.Below((uint)Fill.Length);
            Sizes[i] = DrawSize(random);
        }
    }

    /// <summary>Refuses a stream that is not the published one: numbers of two streams cannot be compared.</summary>
    private Workload Verified(int slots, ulong hash)
    {
        ulong actual = FnvOffset;
        foreach (uint size in Fill)
        {
            actual = Mix(actual, size);
        }

        for (int i = 0; i < Picks.Length; i++)
        {
            actual = Mix(Mix(actual, (uint)Picks[i]), Sizes[i]);
        }

        if (Fill.Length != slots || (hash != 0 && actual != hash))
        {
            throw new InvalidOperationException(
                $"Workload {Name} differs: {Fill.Length} slots, hash {actual:x16}; expected {slots}, {hash:x16}.");
        }

        return this;
    }
}
