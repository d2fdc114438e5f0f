using System.Numerics;

namespace GpuMm.Primitives;

/// <summary>xoshiro256** seeded by splitmix64: the same numbers on every machine and in every version.</summary>
/// <remarks>Source: D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators" (2018).</remarks>
public sealed class Prng
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>A generator for one seed; every seed, 0 included, is good.</summary>
    /// <param name="seed">Any number.</param>
    public Prng(ulong seed)
    {
        _s0 = SplitMix(ref seed);
        _s1 = SplitMix(ref seed);
        _s2 = SplitMix(ref seed);
        _s3 = SplitMix(ref seed);
    }

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        unchecked
        {
            ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
            ulong t = _s1 << 17;
            _s2 ^= _s0;
            _s3 ^= _s1;
            _s1 ^= _s2;
            _s0 ^= _s3;
            _s2 ^= t;
            _s3 = BitOperations.RotateLeft(_s3, 45);
            return result;
        }
    }

    /// <summary>A number in [0, <paramref name="bound"/>).</summary>
    /// <param name="bound">1 to 2^32 - 1.</param>
    public uint Below(uint bound) => (uint)(((Next() >> 32) * bound) >> 32);

    /// <summary>A number in [0, 1).</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1ul << 53));

    /// <summary>One step of splitmix64: a good 64-bit hash of a counter.</summary>
    /// <param name="state">Advanced.</param>
    public static ulong SplitMix(ref ulong state)
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15;
            return Mix(state);
        }
    }

    /// <summary>A bijective hash of 64 bits: the finalizer of splitmix64.</summary>
    /// <param name="value">Any number.</param>
    public static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
