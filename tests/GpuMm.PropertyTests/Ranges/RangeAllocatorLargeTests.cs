using System;
using System.Collections.Generic;
using GpuMm.Primitives;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.PropertyTests.Ranges;

/// <summary>Thousands of holes, so that every index is several levels deep and its nodes split, merge and collapse.</summary>
public sealed class RangeAllocatorLargeTests
{
    private const ulong Size = 1 << 20;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    public void EveryModeFindsTheHoleThatAWalkOverAllHolesFinds(ulong seed, bool drain)
    {
        Prng random = new(seed);
        RangeAllocator allocator = new(0, Size);
        List<RangeHandle> live = [];
        for (int step = 0; step < 30_000; step++)
        {
            bool fill = step < 15_000 || !drain;
            if (live.Count != 0 && random.Below(100) < (fill ? 45u : 55u))
            {
                int pick = (int)random.Below((uint)live.Count);
                allocator.Remove(live[pick]);
                live[pick] = live[^1];
                live.RemoveAt(live.Count - 1);
            }
            else
            {
                live.AddRange(InsertAsExpected(allocator, random, step));
            }

            if (step % 500 == 0)
            {
                Assert.Null(allocator.Validate());
            }
        }

        live.ForEach(allocator.Remove);
        Assert.Null(allocator.Validate());
        Assert.Equal(Size, allocator.LargestHoleBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void EvictTakesTheHoleThatChangedLastOfThoseThatHoldTheRequest(ulong seed)
    {
        Prng random = new(seed);
        RangeAllocator allocator = new(0, Size / 4);
        List<RangeHandle> live = [];
        Dictionary<ulong, (ulong Size, long Age)> ages = [];
        for (int step = 0; step < 8_000; step++)
        {
            if (live.Count != 0 && random.Below(100) < (step < 2_500 ? 10u : 50u))
            {
                int pick = (int)random.Below((uint)live.Count);
                allocator.Remove(live[pick]);
                live[pick] = live[^1];
                live.RemoveAt(live.Count - 1);
            }
            else
            {
                RangeRequest request = new(1 + random.Below(200), AlignmentBytes: 16, Mode: RangeMode.Evict);
                ulong? expected = ExpectedByAge(ages, request);
                MmStatus status = allocator.TryInsert(in request, out RangeHandle handle);
                Assert.Equal(step == 0 ? 0 : expected, status == MmStatus.Ok ? allocator.GetRange(handle).StartBytes : null);
                live.AddRange(status == MmStatus.Ok ? [handle] : []);
            }

            ages = AgesAfter(allocator, ages, step);
        }

        Assert.True(ages.Count > 256, "The tree over the ages has several levels.");
        Assert.Null(allocator.Validate());
    }

    /// <summary>What changed in a step is younger than all else; of two parts of one hole, the upper.</summary>
    private static Dictionary<ulong, (ulong Size, long Age)> AgesAfter(
        RangeAllocator allocator, Dictionary<ulong, (ulong Size, long Age)> before, int step)
    {
        Dictionary<ulong, (ulong Size, long Age)> after = [];
        long age = 2L * step;
        foreach (ByteRange hole in allocator.Holes())
        {
            bool isOld = before.TryGetValue(hole.StartBytes, out (ulong Size, long Age) old) && old.Size == hole.SizeBytes;
            after.Add(hole.StartBytes, (hole.SizeBytes, isOld ? old.Age : age++));
        }

        return after;
    }

    private static ulong? ExpectedByAge(Dictionary<ulong, (ulong Size, long Age)> ages, RangeRequest request)
    {
        ulong? place = null;
        long youngest = -1;
        foreach ((ulong start, (ulong size, long age)) in ages)
        {
            ulong aligned = (start + request.AlignmentBytes - 1) & ~(request.AlignmentBytes - 1);
            if (age > youngest && aligned + request.SizeBytes <= start + size)
            {
                place = aligned;
                youngest = age;
            }
        }

        return place;
    }

    private static IEnumerable<RangeHandle> InsertAsExpected(RangeAllocator allocator, Prng random, int step)
    {
        RangeMode mode = (RangeMode)random.Below(3);
        ulong size = 1 + random.Below(200);
        ulong low = step % 4 == 0 ? random.Below((uint)Size) : 0;
        RangeRequest request = new(size, 0, 0, low, Mode: mode);
        ulong? expected = step % 16 == 0 ? Expected(allocator, request) : null;
        MmStatus status = allocator.TryInsert(in request, out RangeHandle handle);
        if (step % 16 == 0)
        {
            Assert.Equal(expected is null ? MmStatus.NoSpace : MmStatus.Ok, status);
        }

        if (expected is ulong place)
        {
            Assert.Equal(place, allocator.GetRange(handle).StartBytes);
        }

        return status == MmStatus.Ok ? [handle] : [];
    }

    private static ulong? Expected(RangeAllocator allocator, RangeRequest request)
    {
        ulong? place = null;
        ulong bestSize = ulong.MaxValue;
        foreach (ByteRange hole in allocator.Holes())
        {
            ulong start = Math.Max(hole.StartBytes, request.StartBytes);
            ulong end = hole.StartBytes + hole.SizeBytes;
            if (end <= start || end - start < request.SizeBytes)
            {
                continue;
            }

            if (request.Mode == RangeMode.High)
            {
                place = end - request.SizeBytes;
            }
            else if (place is null || (request.Mode == RangeMode.Best && hole.SizeBytes < bestSize))
            {
                place = start;
                bestSize = hole.SizeBytes;
            }
        }

        return place;
    }
}
