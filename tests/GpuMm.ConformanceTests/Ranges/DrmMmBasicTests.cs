using System.IO;
using GpuMm.Primitives;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.ConformanceTests.Ranges;

/// <summary>igt_init, igt_debug, igt_reserve, igt_lowest, igt_highest, igt_align, igt_align32, igt_align64, igt_frag.</summary>
public sealed class DrmMmBasicTests
{
    [Fact]
    public void IgtInit_AFreshRangeIsCleanAndOneHole()
    {
        const ulong Size = 4_096;
        RangeAllocator mm = new(0, Size);
        Assert.True(mm.IsClean);
        DrmMm.AssertOneHole(mm, 0, Size);
        RangeHandle all = DrmMm.Reserve(mm, 0, Size);
        Assert.False(mm.IsClean);
        DrmMm.AssertNoHoles(mm);
        mm.Remove(all);
        DrmMm.AssertOneHole(mm, 0, Size);
        Assert.Empty(mm.Takedown());
    }

    [Fact]
    public void IgtDebug_TheDumpShowsNodesHolesAndTotals()
    {
        RangeAllocator mm = new(0, 4_096);
        DrmMm.Reserve(mm, 1_024, 1_024);
        DrmMm.Reserve(mm, 0, 1_024);
        using StringWriter writer = new();
        mm.Dump(writer);
        Assert.Equal(
            "0x0000000000000000-0x0000000000000400: 1024: used\n0x0000000000000400-0x0000000000000800: 1024: used\n" +
            "0x0000000000000800-0x0000000000001000: 2048: free\ntotal: 4096, used 2048 free 2048\n",
            writer.ToString());
    }

    [Fact]
    public void IgtReserve_OnlyFreePlacesInsideCanBeReserved()
    {
        foreach (int n in DrmMm.Primes(54))
        {
            foreach (ulong size in new[] { (1ul << n) - 1, 1ul << n, (1ul << n) + 1 })
            {
                Reserve(128, size);
            }
        }
    }

    [Theory]
    [InlineData(RangeMode.Lowest)]
    [InlineData(RangeMode.Highest)]
    public void DrmTestMmOnce_TheFirstHoleThatIsLongEnoughIsTheOneLookedAt(RangeMode mode)
    {
        RangeAllocator mm = new(0, 7);
        RangeHandle low = DrmMm.Reserve(mm, 1, 1);
        RangeHandle high = DrmMm.Reserve(mm, 5, 1);
        Assert.True(mm.HoleFollows(low));
        Assert.True(mm.HoleFollows(high));
        DrmMm.Insert(mm, 2, mode: mode);
    }

    [Fact]
    public void IgtAlign_EveryPrimeAlignmentIsKeptInEveryMode()
    {
        foreach (RangeMode mode in DrmMm.Modes)
        {
            RangeAllocator mm = new(1, ulong.MaxValue - 2);
            foreach (int prime in DrmMm.Primes(2_048))
            {
                DrmMm.Insert(mm, (ulong)DrmMm.NextPrime(prime), (ulong)prime, (ulong)prime, mode: mode);
            }

            Assert.Null(mm.Validate());
        }
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    public void IgtAlignPot_EveryPowerOfTwoAlignmentIsKept(int bits)
    {
        RangeAllocator mm = new(1, ulong.MaxValue - 2);
        for (int bit = bits - 1; bit > 0; bit--)
        {
            DrmMm.Insert(mm, (1ul << (bit - 1)) + 1, 1ul << bit, (ulong)bit);
        }

        Assert.Null(mm.Validate());
    }

    [Theory]
    [InlineData(RangeMode.Best)]
    [InlineData(RangeMode.Low)]
    [InlineData(RangeMode.High)]
    [InlineData(RangeMode.Evict)]
    public void IgtFrag_AFragmentedRangeStillServesLargeAndSmall(RangeMode mode)
    {
        const int Count = 10_000;
        RangeAllocator mm = new(1, ulong.MaxValue - 2);
        RangeHandle[] nodes = new RangeHandle[Count];
        for (int i = 0; i < Count; i++)
        {
            nodes[i] = DrmMm.Insert(mm, 4_096, mode: mode);
        }

        for (int i = 0; i < Count; i += 2)
        {
            mm.Remove(nodes[i]);
        }

        Assert.Null(mm.Validate());
        for (int i = 0; i < Count / 2; i++)
        {
            DrmMm.Insert(mm, 8_192, mode: mode);
        }

        Assert.Null(mm.Validate());
    }

    private static void Reserve(int count, ulong size)
    {
        Prng random = new(size);
        ulong total = (ulong)count * size;
        RangeAllocator mm = new(0, total);
        ReserveBoundaries(mm, total, size);
        int[] order = DrmMm.RandomOrder(count, random);
        RangeHandle[] nodes = new RangeHandle[count];
        foreach (int n in order)
        {
            nodes[n] = DrmMm.Reserve(mm, (ulong)n * size, size);
        }

        DrmMm.AssertNoHoles(mm);
        DrmMm.AssertContinuous(mm, size);
        foreach (int n in order)
        {
            DrmMm.ReserveFails(mm, (ulong)n * size, size);
            mm.Remove(nodes[n]);
            nodes[n] = DrmMm.Reserve(mm, (ulong)n * size, size);
        }

        ReserveBoundaries(mm, total, size);
        DrmMm.ReserveFails(mm, 0, total);
        foreach (int prime in new[] { 1, 2, 31, 127 })
        {
            for (int i = 0; i < prime; i++)
            {
                mm.Remove(nodes[order[i]]);
            }

            for (int i = 0; i < prime; i++)
            {
                nodes[order[i]] = DrmMm.Reserve(mm, (ulong)order[i] * size, size);
            }

            DrmMm.AssertContinuous(mm, size);
            Assert.Null(mm.Validate());
        }
    }

    private static void ReserveBoundaries(RangeAllocator mm, ulong total, ulong size)
    {
        unchecked
        {
            ulong minus = 0ul - size;
            foreach ((ulong start, ulong bytes) in new[]
            {
                (0ul, 0ul), (minus, 0ul), (size, 0ul), (total, 0ul), (minus, size), (minus, minus), (minus, 2 * size),
                (0ul, minus), (size, minus), (total, size), (total, minus), (total, total), (total, 0ul - total),
                (total, 0ul - total - size), (total + size, size), (total + size, minus), (total + size, 0ul - (2 * size)),
            })
            {
                DrmMm.ReserveFails(mm, start, bytes);
            }
        }
    }
}
