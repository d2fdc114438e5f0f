using System.Collections.Generic;
using GpuMm.Primitives;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.ConformanceTests.Ranges;

/// <summary>igt_evict, igt_evict_range, igt_color, igt_color_evict, igt_color_evict_range.</summary>
public sealed class DrmMmEvictTests
{
    private const int Total = 1_024;

    private readonly Prng _random = new(20);
    private readonly List<RangeHandle> _nodes = [];

    [Fact]
    public void IgtEvict_AScanThatIsGivenBackChangesNothing()
    {
        RangeAllocator mm = Fill();
        Assert.Equal(MmStatus.Ok, mm.BeginScan(new RangeRequest(1)));
        foreach (RangeHandle node in _nodes)
        {
            mm.AddBlock(node);
        }

        for (int i = _nodes.Count - 1; i >= 0; i--)
        {
            mm.RemoveBlock(_nodes[i]);
        }

        Assert.Null(mm.Validate());
        Assert.Equal(Total, mm.NodeCount);
        DrmMm.AssertContinuous(mm, 1);
    }

    [Fact]
    public void IgtEvict_AScanForEverythingEvictsEverything()
    {
        RangeAllocator mm = Fill();
        Assert.Equal(Total, Evict(mm, new RangeRequest(Total)));
        DrmMm.AssertNoHoles(mm);
        Assert.Equal(1, mm.NodeCount);
    }

    [Theory]
    [InlineData(RangeMode.Best)]
    [InlineData(RangeMode.Low)]
    [InlineData(RangeMode.High)]
    public void IgtEvict_ExactlyTheNodesInTheWayGo(RangeMode mode)
    {
        foreach (ulong size in new ulong[] { 1, 2, 3, 5, 8, 13, 64, 127, 512 })
        {
            Assert.Equal((int)size, Evict(Fill(), new RangeRequest(size, 0, 0, 0, 0, mode)));
        }

        foreach (ulong align in new ulong[] { 2, 3, 4, 7, 16, 31, 64, 128, 500 })
        {
            Assert.Equal(Total / 2, Evict(Fill(), new RangeRequest(Total / 2, align, 0, 0, 0, mode)));
            Assert.Equal(7, Evict(Fill(), new RangeRequest(7, align, 0, 0, 0, mode)));
        }
    }

    [Theory]
    [InlineData(RangeMode.Best)]
    [InlineData(RangeMode.Low)]
    [InlineData(RangeMode.High)]
    public void IgtEvictRange_OnlyNodesOfTheWindowGo(RangeMode mode)
    {
        const ulong Start = Total / 5;
        const ulong End = Start + (Total / 3);
        foreach (ulong size in new ulong[] { 1, 2, 5, 32, End - Start })
        {
            Assert.Equal((int)size, Evict(Fill(), new RangeRequest(size, 0, 0, Start, End, mode)));
        }

        foreach (ulong align in new ulong[] { 2, 3, 7, 64 })
        {
            Assert.Equal(64, Evict(Fill(), new RangeRequest(64, align, 0, Start, End, mode)));
        }
    }

    [Fact]
    public void IgtColor_NeighboursOfDifferentColourKeepTheirDistanceInEveryMode()
    {
        foreach (RangeMode mode in DrmMm.Modes)
        {
            RangeAllocator mm = new(0, 1 << 20) { ColorAdjust = DrmMm.SeparateAdjacentColors };
            for (ulong n = 1; n < 400; n++)
            {
                DrmMm.Insert(mm, n, 0, n % 7, mode: mode);
                DrmMm.Insert(mm, n, (n % 5) + 1, n % 3, mode: mode);
            }

            AssertColorsApart(mm);
        }
    }

    [Fact]
    public void IgtColor_AReservationBesideAnotherColourHasNoSpace()
    {
        RangeAllocator mm = new(0, 100) { ColorAdjust = DrmMm.SeparateAdjacentColors };
        DrmMm.Reserve(mm, 10, 10, 1);
        Assert.Equal(MmStatus.NoSpace, mm.TryInsertAt(new ByteRange(20, 10), 2, out _));
        Assert.Equal(MmStatus.NoSpace, mm.TryInsertAt(new ByteRange(0, 10), 2, out _));
        DrmMm.Reserve(mm, 20, 10, 1);
        DrmMm.Reserve(mm, 31, 10, 2);
        DrmMm.Reserve(mm, 0, 9, 2);
    }

    [Theory]
    [InlineData(RangeMode.Best, 0ul, 0ul)]
    [InlineData(RangeMode.Low, 0ul, 0ul)]
    [InlineData(RangeMode.High, 0ul, 0ul)]
    [InlineData(RangeMode.Best, 300ul, 700ul)]
    [InlineData(RangeMode.High, 300ul, 700ul)]
    public void IgtColorEvict_ColourVictimsGoTooAndNoColoursTouch(RangeMode mode, ulong start, ulong end)
    {
        foreach (ulong size in new ulong[] { 1, 2, 3, 7, 32, 101, 200 })
        {
            RangeAllocator mm = FillColors();
            Evict(mm, new RangeRequest(size, 0, 5_000 + size, start, end, mode));
            Evict(mm, new RangeRequest(size, 3, 6_000 + size, start, end, mode));
            AssertColorsApart(mm);
        }
    }

    private static void AssertColorsApart(RangeAllocator mm)
    {
        Assert.Null(mm.Validate());
        RangeNode? last = null;
        foreach (RangeNode node in mm.Nodes())
        {
            Assert.False(
                last is RangeNode before && before.Color != node.Color && before.Range.EndBytes == node.Range.StartBytes);
            last = node;
        }
    }

    private RangeAllocator Fill()
    {
        RangeAllocator mm = new(0, Total);
        _nodes.Clear();
        for (int i = 0; i < Total; i++)
        {
            _nodes.Add(DrmMm.Insert(mm, 1));
        }

        return mm;
    }

    private RangeAllocator FillColors()
    {
        RangeAllocator mm = new(0, Total) { ColorAdjust = DrmMm.SeparateAdjacentColors };
        _nodes.Clear();
        for (uint i = 0; i < Total / 2; i++)
        {
            _nodes.Add(DrmMm.Insert(mm, 1, 0, i, mode: RangeMode.Evict));
        }

        return mm;
    }

    /// <summary>Scans in random order, evicts, inserts; returns how many nodes went.</summary>
    private int Evict(RangeAllocator mm, RangeRequest request)
    {
        List<RangeHandle> scanned = [];
        Assert.Equal(MmStatus.Ok, mm.BeginScan(in request));
        bool hit = false;
        foreach (int i in DrmMm.RandomOrder(_nodes.Count, _random))
        {
            if (!mm.Contains(_nodes[i]))
            {
                continue;
            }

            scanned.Add(_nodes[i]);
            hit = mm.AddBlock(_nodes[i]);
            if (hit)
            {
                break;
            }
        }

        Assert.True(hit, "With every node gone the request fits.");
        scanned.Reverse();
        List<RangeHandle> victims = scanned.FindAll(mm.RemoveBlock);
        ByteRange place = mm.ScanHit!.Value;
        Assert.All(victims, victim => Assert.True(mm.GetRange(victim).Overlaps(place)));
        victims.ForEach(mm.Remove);
        int gone = victims.Count;
        for (RangeHandle more = mm.ColorEvict(); !more.IsNone; more = mm.ColorEvict())
        {
            mm.Remove(more);
            gone++;
        }

        RangeHandle node = DrmMm.Insert(
            mm, request.SizeBytes, request.AlignmentBytes, request.Color, request.StartBytes, request.EndBytes,
            RangeMode.Evict);
        _nodes.Add(node);
        if (mm.ColorAdjust is null)
        {
            Assert.Equal(place, mm.GetRange(node));
            Assert.False(mm.HoleFollows(node));
        }

        Assert.Null(mm.Validate());
        return gone;
    }
}
