using System;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Eviction;
using GpuMm.Primitives;
using Xunit;

namespace GpuMm.UnitTests.Eviction;

/// <summary>A candidate that was vetoed goes back to where it was: asking changes nothing about who goes next.</summary>
public sealed class RestoreTests
{
    private const int Slots = 40;

    [Theory]
    [MemberData(nameof(RankingWalkTests.Rankings), MemberType = typeof(RankingWalkTests))]
    public void VetoedCandidatesAreTheNextOnesAgainInTheSameOrder(string policy)
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            int asked = 1 + (int)(seed % 4);
            IEvictionPolicy plain = Exercised(policy, seed, out _);
            IEvictionPolicy probed = Exercised(policy, seed, out int resident);
            Stack<int> vetoed = new();
            for (int i = 0; i < Math.Min(asked, resident); i++)
            {
                vetoed.Push(probed.SelectVictim(-1, 1));
                Assert.False(probed.IsResident(vetoed.Peek()));
            }

            while (vetoed.TryPop(out int slot))
            {
                probed.Restore(slot);
                Assert.True(probed.IsResident(slot));
            }

            Assert.Equal(Drain(plain), Drain(probed));
        }
    }

    [Theory]
    [MemberData(nameof(RankingWalkTests.Rankings), MemberType = typeof(RankingWalkTests))]
    public void WhoLeavesByItselfIsNeverNamedAndEverybodyElseIsNamedOnce(string policy)
    {
        for (ulong seed = 1; seed <= 100; seed++)
        {
            IEvictionPolicy ranking = Exercised(policy, seed, out _);
            Prng random = new(seed + 1000);
            HashSet<int> left = [.. Enumerable.Range(0, Slots).Where(ranking.IsResident)];
            for (int i = 0; i < 10; i++)
            {
                int gone = (int)random.Below(Slots);
                ranking.Remove(gone);
                left.Remove(gone);
                Assert.False(ranking.IsResident(gone));
            }

            List<int> named = Drain(ranking);
            Assert.Equal(left.Count, named.Count);
            Assert.Equal(left.Order(), named.Order());
        }
    }

    [Fact]
    public void S3FifoCountsWhatItHasAsideToItsMainQueue()
    {
        IEvictionPolicy ranking = EvictionPolicies.Get("s3fifo").CreateRanking();
        ranking.Reserve(11);
        ranking.Start(100, mayRefuse: false); // 10 units are for the small queue
        for (int slot = 0; slot < 11; slot++)
        {
            uint size = slot < 10 ? 10u : 1u; // Ten large ones fill the main queue above its 90, the last is the small queue's.
            ranking.Miss(slot, size);
            ranking.Insert(slot, size);
        }

        Assert.Equal(0, ranking.SelectVictim(-1, 1));
        Assert.Equal(1, ranking.SelectVictim(-1, 1)); // The first is only looked at: the main queue is as full as before.
        ranking.Restore(1);
        ranking.Evict(0);
        Assert.Equal(10, ranking.SelectVictim(-1, 1)); // Now it is within its share.
        ranking.Restore(10);
        ranking.Insert(0, 10);
        Assert.Equal(1, ranking.SelectVictim(-1, 1));
        ranking.Remove(1); // Its owner freed it meanwhile.
        Assert.Equal(10, ranking.SelectVictim(-1, 1));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)] // Used twice since it came: it goes on to the main queue, and the next one leaves.
    [InlineData(3, 1)]
    public void S3FifoKeepsWhatWasUsedTwiceInTheSmallQueue(int hits, int victim)
    {
        IEvictionPolicy ranking = EvictionPolicies.Get("s3fifo").CreateRanking();
        ranking.Reserve(2);
        ranking.Start(100, mayRefuse: false);
        for (int slot = 0; slot < 2; slot++)
        {
            ranking.Miss(slot, 1);
            ranking.Insert(slot, 1);
        }

        for (int i = 0; i < hits; i++)
        {
            ranking.Hit(0);
        }

        Assert.Equal(victim, ranking.SelectVictim(-1, 1));
    }

    [Fact]
    public void S3FifoCountsThreeHitsAndNoMore()
    {
        IEvictionPolicy ranking = EvictionPolicies.Get("s3fifo").CreateRanking();
        ranking.Reserve(2);
        ranking.Start(100, mayRefuse: false);
        for (int slot = 0; slot < 2; slot++)
        {
            ranking.Miss(slot, 10);
            ranking.Insert(slot, 10); // As large as the small queue: it goes straight to the main one.
            for (int hit = 0; hit < (slot == 0 ? 4 : 3); hit++)
            {
                ranking.Hit(slot);
            }
        }

        Assert.Equal(0, ranking.SelectVictim(-1, 1)); // The older one goes first, for its fourth hit did not count.
    }

    private static IEvictionPolicy Exercised(string policy, ulong seed, out int resident)
    {
        Prng random = new(seed);
        IEvictionPolicy ranking = EvictionPolicies.Get(policy).CreateRanking();
        ranking.Reserve(Slots);
        int capacity = 5 + (int)random.Below(40);
        ranking.Start(capacity, mayRefuse: false);
        uint[] sizes = [.. Enumerable.Range(0, Slots).Select(_ => 1 + random.Below(5))];
        long occupied = 0;
        for (int i = 0; i < 300; i++)
        {
            int slot = (int)random.Below(random.Below(2) == 0 ? Slots : 10u);
            if (ranking.IsResident(slot))
            {
                ranking.Hit(slot);
                continue;
            }

            ranking.Miss(slot, sizes[slot]);
            while (occupied + sizes[slot] > capacity)
            {
                int victim = ranking.SelectVictim(slot, sizes[slot]);
                occupied -= ranking.SizeOf(victim);
                ranking.Evict(victim);
            }

            ranking.Insert(slot, sizes[slot]);
            occupied += sizes[slot];
        }

        resident = Enumerable.Range(0, Slots).Count(ranking.IsResident);
        return ranking;
    }

    private static List<int> Drain(IEvictionPolicy ranking)
    {
        List<int> order = [];
        for (int slot = ranking.SelectVictim(-1, 1); slot >= 0; slot = ranking.SelectVictim(-1, 1))
        {
            ranking.Evict(slot);
            order.Add(slot);
        }

        return order;
    }
}
