using System;
using System.Collections.Generic;
using CsCheck;
using GpuMm.Primitives;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.PropertyTests.Ranges;

/// <summary>An exchange is a removal and then an insertion, where no hole but the new one is large enough.</summary>
public sealed class RangeExchangeTests(ITestOutputHelper output)
{
    private const int Units = 64;

    private static readonly RangeMode[] s_modes = [RangeMode.Best, RangeMode.Low, RangeMode.Evict];

    private static readonly Gen<(ulong Seed, int Steps, RangeMode Mode)> s_case =
        Gen.Select(Gen.ULong, Gen.Int[1, 300], Gen.Int[0, 2].Select(static i => s_modes[i]));

    [Fact]
    public void ItIsARemovalAndThenAnInsertion()
    {
        int taken = 0;
        int emptied = 0;
        s_case.Sample(one =>
        {
            Prng random = new(one.Seed);
            RangeAllocator exchanging = new(0, Units);
            RangeAllocator other = new(0, Units);
            List<(RangeHandle Exchanging, RangeHandle Other)> live = [];
            for (int step = 0; step < one.Steps; step++)
            {
                ulong size = 1 + (random.Next() % 12);
                if (other.TryInsert(new RangeRequest(size, Mode: one.Mode), out RangeHandle inserted) == MmStatus.Ok)
                {
                    Assert.Equal(MmStatus.Ok, exchanging.TryInsert(new RangeRequest(size, Mode: one.Mode), out RangeHandle same));
                    live.Add((same, inserted));
                    continue;
                }

                int victim = (int)(random.Next() % (ulong)live.Count);
                other.Remove(live[victim].Other);
                MmStatus status = other.TryInsert(new RangeRequest(size, Mode: one.Mode), out inserted);
                ByteRange freed = exchanging.GetRange(live[victim].Exchanging);
                bool isTaken = exchanging.TryExchange(live[victim].Exchanging, size, out RangeHandle exchanged, out ulong left);
                Assert.Equal(status == MmStatus.Ok, isTaken);
                Assert.False(exchanging.Contains(live[victim].Exchanging));
                live.RemoveAt(victim);
                if (isTaken)
                {
                    System.Threading.Interlocked.Increment(ref taken);
                    Assert.Equal(left, HoleAround(exchanging, live, exchanging.GetRange(exchanged)).EndBytes - exchanging.GetRange(exchanged).EndBytes);
                    live.Add((exchanged, inserted));
                }
                else
                {
                    Assert.Equal(left, HoleAround(exchanging, live, freed).SizeBytes);
                    System.Threading.Interlocked.Increment(ref emptied);
                }

                AssertAlike(exchanging, other, live);
            }
        });
        output.WriteLine($"{taken} taken, {emptied} only freed");
        Assert.True(taken > 1_000, $"{taken} exchanges were whole.");
        Assert.True(emptied > 1_000, $"{emptied} exchanges only freed.");
    }

    // What lies between the neighbours of a range.
    private static ByteRange HoleAround(RangeAllocator exchanging, List<(RangeHandle Exchanging, RangeHandle Other)> live, ByteRange range)
    {
        ulong start = 0;
        ulong end = Units;
        foreach ((RangeHandle handle, RangeHandle _) in live)
        {
            ByteRange other = exchanging.GetRange(handle);
            start = other.EndBytes <= range.StartBytes ? Math.Max(start, other.EndBytes) : start;
            end = other.StartBytes >= range.EndBytes ? Math.Min(end, other.StartBytes) : end;
        }

        return new ByteRange(start, end - start);
    }

    private static void AssertAlike(RangeAllocator exchanging, RangeAllocator other, List<(RangeHandle Exchanging, RangeHandle Other)> live)
    {
        Assert.Null(exchanging.Validate());
        Assert.Equal(other.FreeBytes, exchanging.FreeBytes);
        Assert.Equal(other.NodeCount, exchanging.NodeCount);
        Assert.Equal(other.HoleCount, exchanging.HoleCount);
        Assert.Equal(other.LargestHoleBytes, exchanging.LargestHoleBytes);
        foreach ((RangeHandle mine, RangeHandle its) in live)
        {
            Assert.Equal(other.GetNode(its).Range, exchanging.GetNode(mine).Range);
        }
    }
}
