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
