using System;
using System.Linq;
using GpuMm.Backing;
using GpuMm.Eviction;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Eviction;

/// <summary>Rankings are told of slots that they have room for, and of walks that end.</summary>
public sealed class RankingSlotTests
{
    private static readonly Lazy<string> s_guarded = new(static () =>
    {
        EvictionPolicies.Register<GuardedPolicy>("own-guarded", "lru that checks its slots");
        return "own-guarded";
    });

    [Fact]
    public void AnObjectThatDiesIsForgottenByRankingsThatNeverSawOneOfItsNumber()
    {
        using TestDevice test = new(vramPages: 256, policy: s_guarded.Value, backing: BackingKind.None);
        test.Create(1, Placement.Vram, priority: 1);
        BufferObject[] many = [.. Enumerable.Range(0, 200).Select(_ => test.Create(1, Placement.Vram))];
        Array.ForEach(many, static each => each.Release());
        test.AssertValid();
    }

    [Theory]
    [InlineData("own-guarded")]
    [InlineData("fifo")]
    [InlineData("clock")]
    [InlineData("sieve")]
    [InlineData("s3fifo")]
    [InlineData("arc")]
    [InlineData("lfu")]
    [InlineData("gdsf")]
    public void WhoMovesInsideTheDomainKeepsItsRankAlsoWhenTheMoveFails(string policy)
    {
        _ = s_guarded.Value;
        using TestDevice test = new(vramPages: 8, policy: policy, backing: BackingKind.None);
        Placement low = new(new Place(MemoryDomain.Vram, EndPage: 4));
        Placement high = new(new Place(MemoryDomain.Vram, FirstPage: 4));
        BufferObject mover = test.Create(2, low, "mover");
        BufferObject other = test.Create(2, low, "other");
        Assert.Equal(MmStatus.Ok, test.Place(mover, high));
        test.AssertValid();
        Assert.Equal(MmStatus.Ok, test.Place(mover, low));
        test.AssertValid();

        // The next move inside fails half-way, and the object stays ranked in its old place.
        test.Device.Faults = FaultPlan.Nth(1, FaultPoint.Move);
        Assert.NotEqual(MmStatus.Ok, test.Place(mover, high));
        test.Device.Faults = null;
        test.AssertValid();
        test.Create(8, Placement.Vram, "all");
        Assert.NotEqual(MemoryDomain.Vram, test.DomainOf(mover));
        Assert.NotEqual(MemoryDomain.Vram, test.DomainOf(other));
        test.AssertValid();
    }

    [Fact]
    public void WhoComesFromAnotherDomainMayHaveALargerNumberThanAnyoneHere()
    {
        using TestDevice test = new(vramPages: 8, aperturePages: 256, policy: s_guarded.Value, backing: BackingKind.None);
        Array.ForEach([.. Enumerable.Range(0, 8)], _ => test.Create(1, Placement.Vram));
        BufferObject[] many = [.. Enumerable.Range(0, 200).Select(_ => test.Create(1, Placement.Gtt))];
        Assert.Equal(MmStatus.Ok, test.Place(many[^1], Placement.Vram));
        test.AssertValid();
    }

    [Fact]
    public void EveryWalkIsOfferedWhatAnotherHasAsideHoweverManyCameBefore()
    {
        using TestDevice test = new(vramPages: 8, policy: s_guarded.Value, backing: BackingKind.None);
        BufferObject only = test.Create(1, Placement.Vram);
        ResourceManager vram = test.Device.Manager(MemoryDomain.Vram);
        LruCursor holder = vram.BeginWalk();
        Assert.Same(only, Next(vram, holder));
        for (int i = 0; i < 2 * LruCursor.MaxAsideOffers; i++)
        {
            LruCursor other = vram.BeginWalk();
            Assert.Same(only, Next(vram, other));
            vram.EndWalk(other);
        }

        vram.EndWalk(holder);
        test.AssertValid();
    }

    private static BufferObject? Next(ResourceManager manager, LruCursor walk)
    {
        OperationContext context = default;
        BufferObject? candidate = manager.NextCandidate(walk, ref context, null, out _);
        candidate?.Reservation.Unlock();
        return candidate;
    }
}
