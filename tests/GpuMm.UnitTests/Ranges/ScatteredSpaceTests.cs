using System;
using System.Collections.Generic;
using GpuMm.Primitives;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.UnitTests.Ranges;

public sealed class ScatteredSpaceTests
{
    private const ulong Page = 4096;

    [Fact]
    public void WhatIsFreeInAllFitsHoweverItWasGivenBack()
    {
        ScatteredSpace space = new(64 * Page);
        List<RangeList> pieces = [];
        for (int i = 0; i < 64; i++)
        {
            RangeList one = default;
            Assert.Equal(MmStatus.Ok, space.TryAllocate(new SpaceRequest(Page), ref one));
            pieces.Add(one);
        }

        // Every second page: no two lie together, and still half of the space is one piece.
        for (int i = 0; i < 64; i += 2)
        {
            RangeList one = pieces[i];
            space.Release(ref one);
        }

        RangeList half = default;
        Assert.Equal(MmStatus.NoSpace, space.TryAllocate(new SpaceRequest(33 * Page), ref half));
        Assert.Equal(0, half.Count);
        Assert.Equal(MmStatus.Ok, space.TryAllocate(new SpaceRequest(32 * Page), ref half));
        Assert.Equal((0ul, 33), (space.FreeBytes, space.LiveCount));
        Assert.Null(space.Validate());
    }

    [Fact]
    public void NoTwoPiecesShareAnAddressAndAlignmentHolds()
    {
        ScatteredSpace space = new(1 << 20);
        Prng random = new(1);
        List<RangeList> live = [];
        for (int i = 0; i < 2000; i++)
        {
            RangeList piece = default;
            ulong alignment = Page << (int)(random.Next() % 4);
            if (random.Next() % 2 == 0 && space.TryAllocate(new SpaceRequest(Page * (1 + (random.Next() % 8)), alignment), ref piece) == MmStatus.Ok)
            {
                Assert.Equal(0ul, piece[0].Range.StartBytes % alignment);
                Assert.DoesNotContain(live, other => other[0].Range.Overlaps(piece[0].Range));
                live.Add(piece);
            }
            else if (live.Count > 0)
            {
                piece = live[^1];
                live.RemoveAt(live.Count - 1);
                space.Release(ref piece);
            }
        }

        Assert.Equal(live.Count, space.LiveCount);
        Assert.Null(space.Validate());
    }

    [Fact]
    public void WhatNeverFitsIsToldApartFromWhatDoesNotFitNow()
    {
        ScatteredSpace space = new(4 * Page);
        RangeList ranges = default;
        Assert.Equal(MmStatus.InvalidArgument, space.TryAllocate(new SpaceRequest(0), ref ranges));
        Assert.Equal(MmStatus.InvalidArgument, space.TryAllocate(new SpaceRequest(5 * Page), ref ranges));
        Assert.Equal(MmStatus.InvalidArgument, space.TryAllocate(new SpaceRequest(Page, EndBytes: Page), ref ranges));
        Assert.Equal(MmStatus.Ok, space.TryAllocate(new SpaceRequest(4 * Page, EndBytes: 4 * Page), ref ranges));
        RangeList copy = ranges;
        space.Release(ref ranges);
        Assert.Throws<InvalidOperationException>(() => space.Release(ref copy));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ScatteredSpace(0));
    }

    [Fact]
    public void WhenItsAddressesAreUsedUpItIsFull()
    {
        ScatteredSpace space = new(ScatteredSpace.AddressBytes);
        RangeList ranges = default;
        Assert.Equal(MmStatus.Ok, space.TryAllocate(new SpaceRequest(ScatteredSpace.AddressBytes - Page), ref ranges));
        space.Release(ref ranges);
        Assert.Equal(MmStatus.NoSpace, space.TryAllocate(new SpaceRequest(2 * Page), ref ranges));
        Assert.Equal(MmStatus.NoSpace, space.TryAllocate(new SpaceRequest(Page, 2 * Page), ref ranges));
        Assert.Equal(MmStatus.Ok, space.TryAllocate(new SpaceRequest(Page), ref ranges));
    }
}
