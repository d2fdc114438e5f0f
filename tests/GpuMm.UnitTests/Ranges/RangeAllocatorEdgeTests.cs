using System.Collections.Generic;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.UnitTests.Ranges;

/// <summary>Scans and colour rules where a sum could wrap: at 2^64, in the largest range, with margins of any size.</summary>
public sealed class RangeAllocatorEdgeTests
{
    private const ulong Last = ulong.MaxValue;

    [Theory]
    [InlineData(RangeMode.High, Last - 24)]
    [InlineData(RangeMode.Best, Last - 29)]
    public void AScanAtTheEndOf2To64HitsThereAndNamesTheNodesInTheWay(RangeMode mode, ulong start)
    {
        RangeAllocator mm = new(Last - 99, 100);
        List<RangeHandle> nodes = FillWithTens(mm);
        Assert.Equal(MmStatus.Ok, mm.BeginScan(new RangeRequest(25, Mode: mode)));
        Assert.False(mm.AddBlock(nodes[9]));
        Assert.False(mm.AddBlock(nodes[8]));
        Assert.True(mm.AddBlock(nodes[7]));
        Assert.Equal(new ByteRange(start, 25), mm.ScanHit);
        Assert.True(mm.RemoveBlock(nodes[7]));
        Assert.True(mm.RemoveBlock(nodes[8]));
        Assert.True(mm.RemoveBlock(nodes[9]));
        Assert.Null(mm.Validate());
        nodes[7..].ForEach(mm.Remove);
        Assert.Equal(MmStatus.Ok, mm.TryInsert(new RangeRequest(25, Mode: mode), out RangeHandle placed));
        Assert.Equal(mm.ScanHit, mm.GetRange(placed));
    }

    [Fact]
    public void AScanForTheLargestRangeEvictsItsOnlyNode()
    {
        RangeAllocator mm = new(0, Last);
        mm.TryInsertAt(new ByteRange(1ul << 63, 1), 0, out RangeHandle middle);
        Assert.Equal(MmStatus.Ok, mm.BeginScan(new RangeRequest(Last)));
        Assert.True(mm.AddBlock(middle));
        Assert.Equal(new ByteRange(0, Last), mm.ScanHit);
        Assert.True(mm.RemoveBlock(middle));
        Assert.Equal(MmStatus.Ok, mm.BeginScan(new RangeRequest(1, Last, StartBytes: 1)));
        Assert.False(mm.AddBlock(middle)); // the only multiple of 2^64 - 1 in the window lies behind the range
        Assert.False(mm.RemoveBlock(middle));
        Assert.Null(mm.ScanHit);
        Assert.Null(mm.Validate());
    }

    [Fact]
    public void AScanWithoutAHitNamesNobodyAndAHitStaysWhenMoreIsAdded()
    {
        RangeAllocator mm = new(0, 100);
        List<RangeHandle> nodes = FillWithTens(mm);
        mm.BeginScan(new RangeRequest(11));
        Assert.False(mm.AddBlock(nodes[2]));
        Assert.False(mm.AddBlock(nodes[5]));
        Assert.False(mm.RemoveBlock(nodes[5]));
        Assert.False(mm.RemoveBlock(nodes[2]));
        Assert.Null(mm.ScanHit);

        mm.BeginScan(new RangeRequest(10));
        Assert.True(mm.AddBlock(nodes[4]));
        ByteRange? hit = mm.ScanHit;
        mm.AddBlock(nodes[8]); // a hit of its own: the later one counts, as in the kernel
        Assert.NotEqual(hit, mm.ScanHit);
        Assert.True(mm.RemoveBlock(nodes[8]));
        Assert.False(mm.RemoveBlock(nodes[4]));
        Assert.Null(mm.Validate());
    }

    [Theory]
    [InlineData(Last, Last)]
    [InlineData(Last, 0ul)]
    [InlineData(0ul, Last)]
    [InlineData(50ul, 50ul)]
    [InlineData(1ul, Last - 1)]
    public void MarginsThatLeaveNothingMakeAHoleUnusable(ulong before, ulong after)
    {
        foreach (ulong start in new[] { 0ul, Last - 99 })
        {
            RangeAllocator mm = new(start, 100) { ColorAdjust = (in ColorHole _, ulong _) => new(before, after) };
            for (RangeMode mode = RangeMode.Best; mode <= RangeMode.Evict; mode++)
            {
                Assert.Equal(MmStatus.NoSpace, mm.TryInsert(new RangeRequest(1, Mode: mode), out _));
            }

            Assert.Equal(MmStatus.NoSpace, mm.TryInsertAt(new ByteRange(start + 40, 1), 0, out _));
            Assert.Equal(1, mm.HoleCount);
            Assert.Null(mm.Validate());
        }
    }

    [Fact]
    public void ColourRulesHoldAtBothEndsOfARangeThatEndsAt2To64()
    {
        RangeAllocator mm = new(Last - 99, 100) { ColorAdjust = Apart };
        Assert.Equal(MmStatus.Ok, mm.TryInsertAt(new ByteRange(Last - 9, 10), 1, out _));
        Assert.Equal(MmStatus.NoSpace, mm.TryInsertAt(new ByteRange(Last - 19, 10), 2, out _));
        Assert.Equal(MmStatus.Ok, mm.TryInsert(new RangeRequest(10, Color: 2, Mode: RangeMode.High), out RangeHandle below));
        Assert.Equal(new ByteRange(Last - 20, 10), mm.GetRange(below));
        Assert.Equal(MmStatus.Ok, mm.TryInsert(new RangeRequest(79, Color: 2, Mode: RangeMode.Low), out RangeHandle low));
        Assert.Equal(Last - 99, mm.GetRange(low).StartBytes);
        Assert.Equal(1, mm.HoleCount); // the byte between the colours
        Assert.Null(mm.Validate());
    }

    [Fact]
    public void AfterAScanNeighboursOfAnotherColourAreNamedOneByOneAlsoAt2To64()
    {
        RangeAllocator mm = new(Last - 99, 100) { ColorAdjust = Apart };
        List<RangeHandle> nodes = FillWithTens(mm);
        mm.BeginScan(new RangeRequest(8, Color: 1, Mode: RangeMode.High));
        Assert.True(mm.AddBlock(nodes[8])); // a byte stays free on both sides
        Assert.Equal(new ByteRange(Last - 18, 8), mm.ScanHit);
        Assert.True(mm.RemoveBlock(nodes[8]));
        mm.Remove(nodes[8]);
        Assert.True(mm.ColorEvict().IsNone);

        mm.ColorAdjust = ApartByTwo; // the rule became stricter, so that both neighbours are in the way
        Assert.Equal(nodes[7], mm.ColorEvict());
        mm.Remove(nodes[7]);
        Assert.Equal(nodes[9], mm.ColorEvict());
        mm.Remove(nodes[9]);
        Assert.True(mm.ColorEvict().IsNone); // nothing but the end of the range is left there
    }

    private static ColorMargins Apart(in ColorHole hole, ulong color) => Margins(in hole, color, 1);

    private static ColorMargins ApartByTwo(in ColorHole hole, ulong color) => Margins(in hole, color, 2);

    private static ColorMargins Margins(in ColorHole hole, ulong color, ulong bytes) => new(
        !hole.Before.IsNone && hole.BeforeColor != color ? bytes : 0,
        !hole.After.IsNone && hole.AfterColor != color ? bytes : 0);

    private static List<RangeHandle> FillWithTens(RangeAllocator mm)
    {
        List<RangeHandle> nodes = [];
        for (ulong i = 0; i < 10; i++)
        {
            Assert.Equal(MmStatus.Ok, mm.TryInsertAt(new ByteRange(mm.StartBytes + (i * 10), 10), 0, out RangeHandle node));
            nodes.Add(node);
        }

        return nodes;
    }
}
