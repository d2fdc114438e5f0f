using System;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Dashboard.History;
using GpuMm.Dashboard.Live;
using GpuMm.Hosting.Views;
using Xunit;

namespace GpuMm.DashboardTests;

/// <summary>What the pages tell of the past, without a browser.</summary>
public sealed class HistoryTests
{
    [Fact]
    public void TwoSnapshotsDifferByWhatCameWentAndMoved()
    {
        Shot before = Shot((1, 100, "vram", 1), (2, 50, "gtt", 1), (3, 10, "gtt", 2));
        Shot after = Shot((1, 100, "gtt", 1), (3, 10, "gtt", 2), (4, 70, "vram", 2));
        ShotDiff diff = ShotDiff.Of(before, after);
        Assert.Equal([4ul], diff.Added.Select(static each => each.Id));
        Assert.Equal([2ul], diff.Gone.Select(static each => each.Id));
        Assert.Equal(("vram", "gtt"), (Assert.Single(diff.Moved).Before.Domain, diff.Moved[0].After.Domain));
        Assert.Equal([(2, 70L, 1), (1, -50L, -1)], diff.ByClient);
        ShotDiff same = ShotDiff.Of(before, before);
        Assert.Empty(same.Added);
        Assert.Empty(same.Gone);
        Assert.Empty(same.Moved);
    }

    [Fact]
    public void TwoMomentsDifferByUseClientsAndCells()
    {
        Moment before = At(1, 1_000, 3 << 20, [(1, "game", 2 << 20), (2, "browser", 1 << 20)], [(10, 1), (10, 1), (0, 0)]);
        Moment after = At(2, 3_000, 5 << 20, [(1, "game", 2 << 20), (3, "video", 3 << 20)], [(10, 1), (10, 3), (10, 3)]);
        MomentDiff diff = MomentDiff.Of(before, after);
        Assert.Equal((2_000, 2, 3), (diff.SpanNs, diff.ChangedCells, diff.Cells));
        Assert.Equal(("vram", 3ul << 20, 5ul << 20), Assert.Single(diff.Domains));
        Assert.Equal([("video", 0ul, 3ul << 20), ("browser", 1ul << 20, 0ul), ("game", 2ul << 20, 2ul << 20)], diff.Clients.Select(static each => (each.Name, each.Before.Vram, each.After.Vram)));
        Assert.Equal(-2_000, MomentDiff.Of(after, before).SpanNs);
        Assert.Equal(0, MomentDiff.Of(after, after).ChangedCells);
    }

    [Fact]
    public void AMomentIsFoundWhereItStandsWhenOlderOnesAreForgotten()
    {
        Moment[] moments = [.. new long[] { 5, 7, 8 }.Select(static number => At(number, 0, 0, [], []))];
        Assert.Equal([0, 0, 1, 1, 2, 3], new long[] { 1, 5, 6, 7, 8, 9 }.Select(number => Moment.IndexOf(moments, number)));
        Assert.Equal(0, Moment.IndexOf([], 3));
    }

    [Fact]
    public void EveryColourOfAHeapMapBecomesAPixel()
    {
        uint[] colors = [.. Enumerable.Range(0, 9).Select(HeapPalette.OfClient), .. new long[] { 0, 1_000, 100_000_000 }.Select(HeapPalette.OfAge), HeapPalette.InPlace, HeapPalette.Misplaced, HeapPalette.Pinned];
        byte[] pixel = new byte[4];
        foreach (uint color in colors)
        {
            HeapPalette.Paint(pixel, color, 1, 1ul << 60);
            Assert.Equal($"{HeapPalette.Css(color)}01", $"#{Convert.ToHexStringLower(pixel)}");
            HeapPalette.Paint(pixel, color, 4096, 4096);
            Assert.Equal(255, pixel[3]);
            HeapPalette.Paint(pixel, color, 0, 4096);
            Assert.Equal(0, pixel[3]);
        }
    }

    [Theory]
    [InlineData(999, "999 ms")]
    [InlineData(1_500, "1.5 s")]
    [InlineData(187_000, "3:07 min")]
    [InlineData(7_260_000, "2:01 h")]
    public void SpansAreWrittenForPeople(long ms, string text) => Assert.Equal(text, Numbers.Span(ms));

    [Fact]
    public void ColoursOfDifferentClientsAndMeaningsDiffer()
    {
        Assert.Equal(7, Enumerable.Range(1, 7).Select(HeapPalette.OfClient).Distinct().Count());
        HeapCell cell = new(100, 0, 80, 1, 1, 0, 0);
        Assert.Equal(HeapPalette.Misplaced, HeapPalette.OfCell(cell, HeapColor.Placement));
        Assert.Equal(HeapPalette.InPlace, HeapPalette.OfCell(cell with { MisplacedBytes = 10 }, HeapColor.Placement));
        Assert.Equal(HeapPalette.Pinned, HeapPalette.OfCell(cell with { PinnedBytes = 60 }, HeapColor.Placement));
        Assert.NotEqual(HeapPalette.OfAge(200), HeapPalette.OfAge(200_000));
    }

    private static Moment At(long number, long timeNs, ulong usedBytes, (int Id, string Name, ulong Vram)[] clients, (ulong Used, int Client)[] cells)
    {
        DeviceSnapshot snapshot = new("gpu0", "pcie3x16", timeNs, 0, [new DomainView("vram", 8 << 20, usedBytes, usedBytes, 8 << 20)], 0, 0, 0, clients.Length, 0, false, default);
        HeapMapView map = new("vram", 4096, 4096, 0, false, 0, [.. cells.Select(static cell => new HeapCell(cell.Used, 0, 0, 1, cell.Client, 0, 0))]);
        return new Moment(number, snapshot, [.. clients.Select(static client => new ClientView(client.Id, client.Name, 1, client.Vram, client.Vram, 0, 0, 0, null, null, 0, null, null))], map, map);
    }

    private static Shot Shot(params (ulong Id, ulong Bytes, string Domain, int Client)[] objects)
    {
        DeviceSnapshot snapshot = new("gpu0", "pcie3x16", 0, 0, [], 0, 0, objects.Length, 2, 0, false, default);
        HeapMapView map = new("vram", 4096, 4096, 0, false, 0, []);
        Dictionary<ulong, ObjectShot> shots = objects.ToDictionary(static each => each.Id, static each => new ObjectShot(each.Id, $"o{each.Id}", each.Client, each.Bytes, each.Domain));
        return new Shot(1, "gpu0", DateTimeOffset.UnixEpoch, new Moment(1, snapshot, [], map, map), shots, true);
    }
}
