using System;
using System.Linq;
using GpuMm.Diagnostics;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Eviction;

/// <summary>Every eviction is explained, in data and in words.</summary>
public sealed class EvictionJournalTests
{
    [Fact]
    public void AnEvictionIsToldWithItsPlaceAndWithWhoWasPassedOver()
    {
        using TestDevice test = new(vramPages: 8, policy: "priority");
        EvictionJournal journal = new(test.Device.Policy.Name);
        test.Device.AddObserver(journal);
        BufferObject held = test.Create(2, Placement.Vram, "held");
        BufferObject small = test.Create(1, Placement.Vram, "small");
        BufferObject victim = test.Create(3, Placement.Vram, "bark_albedo");
        BufferObject high = test.Create(2, Placement.Vram, "sky", priority: 3);
        held.Reserve();
        BufferObject evictor = test.Create(4, Placement.Vram, "stone");
        held.Reservation.Unlock();

        Assert.Equal([small.Id, victim.Id], journal.Evictions.Select(static record => record.VictimId));
        EvictionRecord last = journal.Evictions[^1];
        Assert.Equal(2, last.Rank);
        Assert.Equal(3ul * 4096, last.SizeBytes);
        Assert.Equal(
            $"BO {victim.Id} 'bark_albedo' was evicted by BO {evictor.Id} 'stone' at 0 ms: 3rd in PRIORITY order; " +
            $"after BO {small.Id} 'small', which did not make room enough; " +
            $"skipped BO {held.Id} 'held' (busy: somebody holds its reservation); 12 KiB moved to Gtt.",
            last.ToString());

        // The next walk starts anew, and meets the rule that spares a higher priority.
        test.Place(victim, Placement.System);
        test.Place(evictor, Placement.System);
        test.Place(held, Placement.System);
        OperationContext context = default;
        test.Create(6, Placement.Vram, "filler", priority: 2);
        MmStatus status = test.Device.TryCreate(new BufferObjectDescription(8 * 4096, "large"), Placement.Vram, ref context, out _);
        Assert.Equal(MmStatus.OutOfMemory, status);
        Assert.Contains(journal.HistoryOf(high.Id), static told => told.Kind == DeviceEventKind.EvictionSkipped && told.Reason == SkipReason.Policy);
    }

    [Fact]
    public void AnObjectsHistoryIsToldInOrderAndTheOldestIsForgottenAtTheLimit()
    {
        using TestDevice test = new(vramPages: 2);
        EvictionJournal journal = new(capacity: 3, historyCapacity: 24);
        test.Device.AddObserver(journal);
        BufferObject first = test.Create(2, Placement.System, "first");
        BufferObject second = test.Create(2, Placement.System, "second");
        for (int i = 0; i < 6; i++)
        {
            test.Place(i % 2 == 0 ? first : second, Placement.Vram);
        }

        Assert.Equal(3, journal.Evictions.Count);
        Assert.All(journal.Evictions.Zip(journal.Evictions.Skip(1)), static pair => Assert.True(pair.First.Sequence < pair.Second.Sequence));
        DeviceEvent[] history = [.. journal.HistoryOf(first.Id)];
        Assert.InRange(history.Length, 4, 24);
        Assert.All(history, told => Assert.Equal(first.Id, told.ObjectId));
        Assert.Equal(history.Select(static told => told.Sequence).Order(), history.Select(static told => told.Sequence));
        Assert.Contains(history, static told => EvictionText.Of(told).Contains("evicted from Vram by BO 2, 1st in the order", StringComparison.Ordinal));
        Assert.Empty(journal.HistoryOf(999));
    }

    [Fact]
    public void WhoMakesWayInsideVideoMemoryIsToldSo()
    {
        using TestDevice test = new(vramPages: 8, visiblePages: 2);
        EvictionJournal journal = new();
        test.Device.AddObserver(journal);
        Placement seen = new(new Place(MemoryDomain.Vram, PlaceFlags.None, 0, 2));
        BufferObject first = test.Create(2, seen, "first");
        test.Create(2, seen, "second");

        Assert.EndsWith("8 KiB moved elsewhere in Vram.", Assert.Single(journal.EvictionsOf(first.Id)).ToString(), StringComparison.Ordinal);
        string[] history = [.. journal.HistoryOf(first.Id).Select(static told => EvictionText.Of(told))];
        Assert.Contains(history, static line => line.Contains("moved elsewhere in Vram (eviction by BO 2)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(SkipReason.Protected, MmStatus.Ok, "its group is within what min or low promises it")]
    [InlineData(SkipReason.Requester, MmStatus.Ok, "it is being placed itself")]
    [InlineData(SkipReason.CannotMove, MmStatus.OutOfMemory, "could not be moved: out of memory")]
    [InlineData(SkipReason.CannotMove, MmStatus.Busy, "busy: its job is not done")]
    public void ReasonsAreTold(SkipReason reason, MmStatus status, string expected) => Assert.Equal(expected, EvictionText.ReasonOf(reason, status));

    [Fact]
    public void AMoveThatFailedIsNotToldAsOneThatWasDone()
    {
        DeviceEvent failed = new()
        {
            Kind = DeviceEventKind.MoveFinished,
            From = MemoryDomain.Vram,
            To = MemoryDomain.Gtt,
            Status = MmStatus.OutOfMemory,
            Cause = MoveCause.Eviction,
            RelatedId = 7,
        };
        Assert.Equal("0 ms  could not be moved from Vram to Gtt: out of memory (eviction by BO 7)", EvictionText.Of(failed));
        Assert.Equal("0 ms  moved from Vram to Gtt (eviction by BO 7)", EvictionText.Of(failed with { Status = MmStatus.Ok }));
    }
}
