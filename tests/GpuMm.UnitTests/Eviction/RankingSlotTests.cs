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
        BufferObject? candidate = manager.NextCandidate(walk, context, null, out _);
        candidate?.Reservation.Unlock();
        return candidate;
    }
}
