using System;
using System.IO;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.UnitTests.Ranges;

public sealed class RangeAllocatorTests
{
    private static readonly RangeMode[] s_modes = [RangeMode.Best, RangeMode.Low, RangeMode.High, RangeMode.Evict];

    [Fact]
    public void BestTakesTheSmallestHoleThatFitsAndOfSeveralTheLowest()
    {
        RangeAllocator mm = Holes(1_000, (100, 30), (200, 20), (300, 20), (400, 10));
        Assert.Equal(200ul, Place(mm, new RangeRequest(15)));
        Assert.Equal(300ul, Place(mm, new RangeRequest(15)));
        Assert.Equal(100ul, Place(mm, new RangeRequest(15)));
        Assert.Equal(400ul, Place(mm, new RangeRequest(6)));
    }

    [Fact]
    public void HighTakesTheTopOfTheHighestHole()
    {
        RangeAllocator mm = Holes(1_000, (100, 30), (200, 20));
        Assert.Equal(205ul, Place(mm, new RangeRequest(15, Mode: RangeMode.High)));
        Assert.Equal(115ul, Place(mm, new RangeRequest(15, Mode: RangeMode.High)));
    }

    [Fact]
    public void EvictTakesTheHoleThatChangedLast()
    {
        RangeAllocator mm = Holes(1_000, (100, 30), (200, 30), (300, 10));
        Assert.Equal(200ul, Place(mm, new RangeRequest(15, Mode: RangeMode.Evict)));
        Assert.Equal(215ul, Place(mm, new RangeRequest(15, Mode: RangeMode.Evict)));
        Assert.Equal(100ul, Place(mm, new RangeRequest(15, Mode: RangeMode.Evict)));
    }

    [Fact]
    public void OnceFailsWhenTheOnlyHoleLookedAtDoesNotSuit()
    {
        RangeAllocator mm = Holes(1_000, (101, 30), (200, 60));
        RangeRequest request = new(20, 64, Mode: RangeMode.Lowest);
        Assert.Equal(MmStatus.NoSpace, mm.TryInsert(in request, out _));
        Assert.Equal(MmStatus.Ok, mm.TryInsert(request with { Mode = RangeMode.Low, AlignmentBytes = 40 }, out _));
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(1_000ul)]
    [InlineData(ulong.MaxValue - 63)]
    public void EveryPlaceAroundATakenBlockIsFreeOrTakenToTheByte(ulong start)
    {
        for (ulong first = 0; first < 24; first++)
        {
            for (ulong size = 1; size <= 24; size++)
            {
                RangeAllocator mm = new(start, 64);
                Assert.Equal(MmStatus.Ok, mm.TryInsertAt(new ByteRange(start + 8, 8), 0, out _));
                bool overlaps = first < 16 && first + size > 8;
                Assert.Equal(
                    overlaps ? MmStatus.Overlap : MmStatus.Ok,
                    mm.TryInsertAt(new ByteRange(start + first, size), 0, out _));
                Assert.Null(mm.Validate());
            }
        }
    }

    [Fact]
    public void ARangeMayEndAt2To64AndItsLastByteCanBeTakenAndAligned()
    {
        RangeAllocator mm = new(ulong.MaxValue - 99, 100);
        Assert.Equal(MmStatus.Ok, mm.TryInsertAt(new ByteRange(ulong.MaxValue, 1), 0, out RangeHandle last));
        Assert.Equal(MmStatus.InvalidArgument, mm.TryInsertAt(new ByteRange(ulong.MaxValue, 2), 0, out _));
        mm.Remove(last);
        Assert.Equal(ulong.MaxValue - 9, Place(mm, new RangeRequest(10, Mode: RangeMode.High)));
        Assert.Equal(ulong.MaxValue - 63, Place(mm, new RangeRequest(10, 64)));
        RangeRequest beyond = new(1, 1ul << 63, StartBytes: ulong.MaxValue - 50);
        foreach (RangeMode mode in s_modes)
        {
            Assert.Equal(MmStatus.NoSpace, mm.TryInsert(beyond with { Mode = mode }, out _));
        }

        Assert.Null(mm.Validate());
    }

    [Fact]
    public void TheLargestRangeServesItsWholeSize()
    {
        foreach (RangeMode mode in s_modes)
        {
            RangeAllocator mm = new(0, ulong.MaxValue);
            RangeRequest all = new(ulong.MaxValue, Mode: mode);
            Assert.Equal(MmStatus.Ok, mm.TryInsert(in all, out RangeHandle handle));
            Assert.Equal(0ul, mm.FreeBytes);
            mm.Remove(handle);
            Assert.Equal(MmStatus.Ok, mm.TryInsertAt(new ByteRange(ulong.MaxValue - 1, 1), 0, out _));
            Assert.Equal(MmStatus.NoSpace, mm.TryInsert(in all, out _));
            Assert.Null(mm.Validate());
        }
    }

    [Fact]
    public void EachFailureHasItsStatusAndChangesNothing()
    {
        RangeAllocator mm = Holes(1_000, (100, 30));
        string before = Dump(mm);
        Assert.Equal(MmStatus.InvalidArgument, mm.TryInsert(new RangeRequest(0), out _));
        Assert.Equal(MmStatus.InvalidArgument, mm.TryInsert(new RangeRequest(1, 0, 0, 20, 10), out _));
        Assert.Equal(MmStatus.InvalidArgument, mm.TryInsert(new RangeRequest(1, Mode: (RangeMode)4), out _));
        Assert.Equal(MmStatus.NoSpace, mm.TryInsert(new RangeRequest(31), out _));
        Assert.Equal(MmStatus.NoSpace, mm.TryInsert(new RangeRequest(11, 0, 0, 100, 110), out _));
        Assert.Equal(MmStatus.NoSpace, mm.TryInsert(new RangeRequest(2_000), out _));
        Assert.Equal(MmStatus.NoSpace, mm.TryInsert(new RangeRequest(1, 0, 0, 50, 50), out _));
        Assert.Equal(MmStatus.NoSpace, mm.TryInsert(new RangeRequest(20, 1_024), out _));
        Assert.Equal(MmStatus.Overlap, mm.TryInsertAt(new ByteRange(99, 2), 0, out _));
        Assert.Equal(MmStatus.Overlap, mm.TryInsertAt(new ByteRange(0, 1_000), 0, out _));
        Assert.Equal(MmStatus.InvalidArgument, mm.TryInsertAt(new ByteRange(100, 0), 0, out _));
        Assert.Equal(MmStatus.InvalidArgument, mm.TryInsertAt(new ByteRange(999, 2), 0, out _));
        Assert.Equal(MmStatus.InvalidArgument, mm.TryInsertAt(new ByteRange(1_000, 1), 0, out _));
        Assert.Equal(before, Dump(mm));
    }

    [Fact]
    public void AllOddBlocksFreedLeaveHalfTheSpaceButNoRunOfHalfTheSpace()
    {
        foreach (RangeMode mode in s_modes)
        {
            RangeAllocator mm = new(0, 4_096);
            RangeHandle[] handles = new RangeHandle[64];
            for (int i = 0; i < handles.Length; i++)
            {
                mm.TryInsert(new RangeRequest(64, Mode: mode), out handles[i]);
            }

            for (int i = 1; i < handles.Length; i += 2)
            {
                mm.Remove(handles[i]);
            }

            Assert.Equal(2_048ul, mm.FreeBytes);
            Assert.Equal(64ul, mm.LargestHoleBytes);
            Assert.Equal(MmStatus.NoSpace, mm.TryInsert(new RangeRequest(2_048, Mode: mode), out _));
            Assert.Equal(MmStatus.NoSpace, mm.TryInsert(new RangeRequest(65, Mode: mode), out _));
            for (int i = 1; i < handles.Length; i += 2)
            {
                Assert.Equal(MmStatus.Ok, mm.TryInsert(new RangeRequest(64, Mode: mode), out _));
            }
        }
    }

    [Fact]
    public void AtTheLimitOfTheTableAnInsertionFailsAndARemovalStillWorks()
    {
        RangeAllocator mm = new(0, 1_000, 0, segmentLimit: 8);
        RangeHandle first = default;
        MmStatus status = MmStatus.Ok;
        for (int i = 0; status == MmStatus.Ok; i++)
        {
            status = mm.TryInsert(new RangeRequest(10), out RangeHandle handle);
            first = i == 0 ? handle : first;
        }

        Assert.Equal(MmStatus.NoSpace, status);
        Assert.Null(mm.Validate());
        mm.Remove(first);
        Assert.Null(mm.Validate());
    }

    [Fact]
    public void NodesInAWindowAreThoseThatShareAByteWithIt()
    {
        RangeAllocator mm = Holes(100, (20, 10), (50, 10));
        Assert.Equal("0-20 ", Nodes(mm, 0, 20));
        Assert.Equal("0-20 30-50 ", Nodes(mm, 19, 31));
        Assert.Equal("", Nodes(mm, 20, 30));
        Assert.Equal("30-50 60-100 ", Nodes(mm, 49, 0));
        Assert.Equal("60-100 ", Nodes(mm, 99, 0));
        Assert.Equal("", Nodes(mm, 100, 0));
    }

    [Fact]
    public void TheOrderOfHolesByAgeOutlivesTheIndex()
    {
        const int Holes = 300;
        RangeAllocator mm = new(0, 1_000_000);
        RangeHandle[] nodes = new RangeHandle[Holes];
        for (int i = 0; i < Holes; i++)
        {
            mm.TryInsertAt(new ByteRange((ulong)(i * 100), 50), 0, out nodes[i]);
            mm.TryInsertAt(new ByteRange((ulong)(i * 100) + 50, 50), 0, out _);
        }

        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < Holes; i++)
            {
                mm.Remove(nodes[i * 7 % Holes]); // 7 and 300 have no common divisor: each once
            }

            mm.TryInsert(new RangeRequest(1_000_000, Mode: RangeMode.Evict), out _); // the second time round a rebuild
            for (int i = 0; i < 8_000; i++)
            {
                mm.TryInsert(new RangeRequest(60), out RangeHandle high);
                mm.Remove(high);
            }

            Assert.Equal(1, mm.KeptIndexCount);
            for (int i = Holes - 1; i >= 0; i--)
            {
                mm.TryInsert(new RangeRequest(50, EndBytes: Holes * 100, Mode: RangeMode.Evict), out nodes[i * 7 % Holes]);
                Assert.Equal((ulong)(i * 7 % Holes) * 100, mm.GetRange(nodes[i * 7 % Holes]).StartBytes);
            }

            Assert.Null(mm.Validate());
        }
    }

    [Fact]
    public void AnUnusedIndexIsDroppedAndBuiltAgainWhenItIsNeeded()
    {
        RangeAllocator mm = new(0, 10_000);
        mm.TryInsert(new RangeRequest(10, Mode: RangeMode.High), out RangeHandle top);
        mm.TryInsert(new RangeRequest(10, Mode: RangeMode.Evict), out _);
        mm.TryInsert(new RangeRequest(10), out _);
        Assert.Equal(3, mm.KeptIndexCount);
        for (int i = 0; i < 5_000; i++)
        {
            mm.TryInsert(new RangeRequest(10), out RangeHandle handle);
            mm.Remove(handle);
        }

        Assert.Equal(1, mm.KeptIndexCount);
        mm.Remove(top);
        Assert.Equal(9_990ul, Place(mm, new RangeRequest(10, Mode: RangeMode.High)));
        Assert.Equal(20ul, Place(mm, new RangeRequest(10, Mode: RangeMode.Evict)));
        Assert.Null(mm.Validate());
    }

    [Fact]
    public void TheSpaceAdapterMapsTheSeamOntoModesAndStatuses()
    {
        RangeSpace space = new(1_000);
        RangeList low = default;
        RangeList high = default;
        Assert.Equal(MmStatus.Ok, space.TryAllocate(new SpaceRequest(100), ref low));
        Assert.Equal(MmStatus.Ok, space.TryAllocate(new SpaceRequest(100, Flags: SpaceFlags.TopDown), ref high));
        Assert.Equal(new ByteRange(0, 100), low[0].Range);
        Assert.Equal(new ByteRange(900, 100), high[0].Range);
        Assert.Equal((800ul, 800ul, 2), (space.FreeBytes, space.LargestFreeBytes, space.LiveCount));
        RangeList none = default;
        Assert.Equal(MmStatus.InvalidArgument, space.TryAllocate(new SpaceRequest(0), ref none));
        Assert.Equal(MmStatus.InvalidArgument, space.TryAllocate(new SpaceRequest(1_001), ref none));
        Assert.Equal(MmStatus.InvalidArgument, space.TryAllocate(new SpaceRequest(1, 1, 10, 10), ref none));
        Assert.Equal(MmStatus.NoSpace, space.TryAllocate(new SpaceRequest(801), ref none));
        space.Release(ref low);
        space.Release(ref high);
        Assert.Equal(0, low.Count + high.Count + space.LiveCount);
        Assert.Null(space.Validate());
    }

    [Fact]
    public void TakedownNamesTheLeaksAndEndsTheUse()
    {
        RangeAllocator mm = new(0, 100);
        mm.TryInsertAt(new ByteRange(50, 10), 7, out RangeHandle leaked);
        RangeNode leak = Assert.Single(mm.Takedown());
        Assert.Equal(new RangeNode(leaked, new ByteRange(50, 10), 7), leak);
        string reason = Assert.Throws<InvalidOperationException>(() => mm.TryInsert(new RangeRequest(1), out _)).Message;
        Assert.Contains("taken down", reason, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => mm.GetNode(leaked));
    }

    /// <summary>A full range with holes at the given places, freed in the given order.</summary>
    private static RangeAllocator Holes(ulong size, params (ulong Start, ulong Size)[] holes)
    {
        RangeAllocator mm = new(0, size);
        RangeHandle[] freed = new RangeHandle[holes.Length];
        for (int i = 0; i < holes.Length; i++)
        {
            Assert.Equal(MmStatus.Ok, mm.TryInsertAt(new ByteRange(holes[i].Start, holes[i].Size), 0, out freed[i]));
        }

        while (mm.LargestHoleBytes != 0)
        {
            Assert.Equal(MmStatus.Ok, mm.TryInsert(new RangeRequest(mm.LargestHoleBytes), out _));
        }

        Array.ForEach(freed, mm.Remove);
        return mm;
    }

    private static ulong Place(RangeAllocator mm, RangeRequest request)
    {
        Assert.Equal(MmStatus.Ok, mm.TryInsert(in request, out RangeHandle handle));
        return mm.GetRange(handle).StartBytes;
    }

    private static string Nodes(RangeAllocator mm, ulong start, ulong end)
    {
        string all = string.Empty;
        foreach (RangeNode node in mm.Nodes(start, end))
        {
            all += $"{node.Range.StartBytes}-{node.Range.EndBytes} ";
        }

        return all;
    }

    private static string Dump(RangeAllocator mm)
    {
        using StringWriter writer = new();
        mm.Dump(writer);
        return writer.ToString();
    }
}
