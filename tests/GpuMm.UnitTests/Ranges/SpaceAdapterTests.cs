using System;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.UnitTests.Ranges;

public sealed class SpaceAdapterTests
{
    private const ulong Chunk = 4096;

    [Fact]
    public void ContiguousBuddySpaceIsOneRangeAndIsReleasedWhole()
    {
        BuddySpace space = new(64 * Chunk);
        RangeList ranges = default;
        SpaceRequest request = new((7 * Chunk) - 1, Flags: SpaceFlags.Contiguous);
        Assert.Equal(MmStatus.Ok, space.TryAllocate(request, ref ranges));
        Assert.Equal(1, ranges.Count);
        Assert.Equal(new ByteRange(56 * Chunk, 7 * Chunk), ranges[0].Range);
        Assert.Equal(1, space.LiveCount);
        RangeList copy = ranges;
        space.Release(ref ranges);
        Assert.Equal(64 * Chunk, space.FreeBytes);
        Assert.Equal(0, space.LiveCount);
        Assert.Throws<InvalidOperationException>(() => space.Release(ref copy));
        Assert.Null(space.Validate());
    }

    [Fact]
    public void ScatteredBuddySpaceHasARangePerRunAndKeepsTheAlignment()
    {
        BuddySpace space = new(64 * Chunk);
        RangeList pin = default;
        Assert.Equal(MmStatus.Ok, space.TryAllocate(new SpaceRequest(Chunk, StartBytes: 32 * Chunk, EndBytes: 40 * Chunk), ref pin));
        RangeList ranges = default;
        Assert.Equal(MmStatus.Ok, space.TryAllocate(new SpaceRequest(45 * Chunk, AlignmentBytes: 4 * Chunk), ref ranges));
        Assert.Equal(45 * Chunk, ranges.SizeBytes);
        for (int i = 0; i < ranges.Count; i++)
        {
            Assert.Equal(0ul, ranges[i].Range.StartBytes % (4 * Chunk));
        }

        Assert.Equal(ranges.Count + 1, space.LiveCount);
        space.Release(ref ranges, SpaceFlags.Cleared);
        space.Release(ref pin);
        Assert.Equal(64 * Chunk, space.LargestFreeBytes);
        Assert.Null(space.Validate());
    }

    [Fact]
    public void BuddySpaceSaysWhyItRefuses()
    {
        BuddySpace space = new(8 * Chunk);
        RangeList ranges = default;
        RangeList more = default;
        Assert.Equal(MmStatus.InvalidArgument, space.TryAllocate(new SpaceRequest(0), ref ranges));
        Assert.Equal(MmStatus.InvalidArgument, space.TryAllocate(new SpaceRequest(9 * Chunk), ref ranges));
        Assert.Equal(MmStatus.InvalidArgument, space.TryAllocate(new SpaceRequest(ulong.MaxValue), ref ranges));
        Assert.Equal(MmStatus.InvalidArgument, space.TryAllocate(new SpaceRequest(Chunk, AlignmentBytes: 3), ref ranges));
        Assert.Equal(
            MmStatus.InvalidArgument, space.TryAllocate(new SpaceRequest(Chunk, 1, 4 * Chunk, 4 * Chunk), ref ranges));
        Assert.Equal(MmStatus.Ok, space.TryAllocate(new SpaceRequest(Chunk), ref ranges));
        Assert.Equal(MmStatus.NoSpace, space.TryAllocate(new SpaceRequest(8 * Chunk), ref more));
        Assert.Equal(7 * Chunk, space.LargestFreeBytes);
    }

    [Fact]
    public void BinSpaceServesTheSameSeam()
    {
        BinSpace space = new(64 * Chunk);
        RangeList ranges = default;
        RangeList more = default;
        Assert.Equal(MmStatus.Ok, space.TryAllocate(new SpaceRequest(5, AlignmentBytes: 8 * Chunk), ref ranges));
        Assert.Equal(Chunk, ranges.SizeBytes);
        Assert.Equal(1, space.LiveCount);
        Assert.Equal(MmStatus.NoSpace, space.TryAllocate(new SpaceRequest(64 * Chunk), ref more));
        Assert.Equal(MmStatus.InvalidArgument, space.TryAllocate(new SpaceRequest(0), ref more));
        Assert.Equal(MmStatus.InvalidArgument, space.TryAllocate(new SpaceRequest(1, StartBytes: Chunk), ref more));
        RangeList copy = ranges;
        space.Release(ref ranges);
        Assert.Throws<InvalidOperationException>(() => space.Release(ref copy));
        Assert.Equal(space.SizeBytes, space.LargestFreeBytes);
        Assert.Equal(space.SizeBytes, space.FreeBytes);
        Assert.Null(space.Validate());
    }
}
