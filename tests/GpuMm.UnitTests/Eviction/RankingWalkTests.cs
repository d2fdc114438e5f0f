using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GpuMm.Backing;
using GpuMm.Eviction;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Eviction;

/// <summary>A manager under each ranking: the policy ranks, the rules veto, and the order survives both.</summary>
public sealed class RankingWalkTests
{
    public static TheoryData<string> Rankings { get; } =
        [.. EvictionPolicies.All.Where(static policy => policy.EqualsInReplay is null && !policy.Name.StartsWith("own-", StringComparison.Ordinal)).Select(static policy => policy.Name)];

    [Theory]
    [MemberData(nameof(Rankings))]
    public void TheDeviceEvictsWhomThePolicyAloneWouldAlsoWhenSomeMayNotBeTaken(string policy)
    {
        int vetoes = 0;
        for (ulong seed = 1; seed <= 16; seed++)
        {
            vetoes += Compare(policy, seed);
        }

        Assert.True(vetoes > 20, "Rules must have had something to veto.");
    }

    [Theory]
    [MemberData(nameof(Rankings))]
    public void AnyMixOfSizesPrioritiesPinsAndDeathsLeavesAValidDevice(string policy)
    {
        Prng random = new(77);
        using TestDevice test = new(vramPages: 40, aperturePages: 60, systemPages: 4096, policy: policy, backing: BackingKind.None);
        List<BufferObject> objects = [];
        for (int step = 0; step < 1500; step++)
        {
            uint choice = random.Below(12);
            if (objects.Count < 12 || (choice == 0 && objects.Count < 40))
            {
                objects.Add(test.Create(1 + random.Below(9), Placement.System, priority: (int)random.Below(4)));
                continue;
            }

            BufferObject target = objects[(int)random.Below((uint)objects.Count)];
            if (choice == 1)
            {
                objects.Remove(target);
                target.Release();
            }
            else if (choice == 2)
            {
                target.Reserve();
                if (target.PinCount > 0)
                {
                    target.Unpin();
                }
                else if (objects.Count(static other => other.PinCount > 0) < 3)
                {
                    target.Pin();
                }

                target.Unreserve();
            }
            else
            {
                test.Place(target, choice < 9 ? Placement.Vram : choice < 11 ? Placement.Gtt : Placement.System);
            }

            test.AssertValid();
        }

        Assert.True(test.Device.Statistics.Evictions > 100);
    }

    [Fact]
    public void TwoThreadsThatLookForRoomAtTheSameTimeLeaveAValidDevice()
    {
        using TestDevice test = new(vramPages: 16, aperturePages: 64, policy: "arc", backing: BackingKind.None);
        BufferObject[] objects = [.. Enumerable.Range(0, 24).Select(_ => test.Create(2, Placement.System))];
        Thread[] threads =
        [
            .. Enumerable.Range(0, 2).Select(half => new Thread(() =>
            {
                Prng random = new((ulong)half + 1);
                for (int i = 0; i < 3000; i++)
                {
                    test.Place(objects[(half * 12) + (int)random.Below(12)], Placement.Vram);
                }
            })),
        ];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        test.AssertValid();
        Assert.True(test.Device.Statistics.Evictions > 1000);
    }

    [Theory]
    [MemberData(nameof(Rankings))]
    public void EvictingAllocatesNothingOnceEverythingHasGrown(string policy)
    {
        using TestDevice test = new(vramPages: 8, policy: policy, backing: BackingKind.None);
        BufferObject[] objects = [.. Enumerable.Range(0, 12).Select(_ => test.Create(1, Placement.System))];
        void UseAll()
        {
            for (int i = 0; i < 3 * objects.Length; i++)
            {
                OperationContext context = default;
                objects[i % 12].Reserve();
                objects[i % 12].Validate(Placement.Vram, ref context);
                objects[i % 12].Unreserve();
            }
        }

        UseAll();
        UseAll();
        ManagedBytes bytes = ManagedBytes.Count();
        UseAll();
        Assert.Equal(0, bytes.Allocated);
    }

    // Objects of one page, so that room and space are the same thing. Returns how often a rule vetoed.
    private static int Compare(string policy, ulong seed)
    {
        const int Objects = 24;
        Prng random = new(seed);
        int capacity = 4 + (int)random.Below(12);
        using TestDevice test = new((ulong)capacity, aperturePages: 64, policy: policy, backing: BackingKind.None);
        BufferObject[] objects = [.. Enumerable.Range(0, Objects).Select(_ => test.Create(1, Placement.System))];
        IEvictionPolicy alone = EvictionPolicies.Get(policy).CreateRanking();
        alone.Reserve(Objects);
        alone.Start(capacity, mayRefuse: false);
        int resident = 0;
        int vetoes = 0;
        for (int step = 0; step < 250; step++)
        {
            int used = (int)random.Below(random.Below(2) == 0 ? Objects : 8u);
            int held = random.Below(4) == 0 ? -1 : (int)random.Below(random.Below(2) == 0 ? Objects : 8u);
            held = held == used ? -1 : held;
            vetoes += Use(alone, used, held, capacity, ref resident);
            if (held >= 0)
            {
                objects[held].Reserve();
            }

            Assert.Equal(MmStatus.Ok, test.Place(objects[used], Placement.Vram));
            if (held >= 0)
            {
                objects[held].Reservation.Unlock();
            }

            test.AssertValid();
            for (int i = 0; i < Objects; i++)
            {
                Assert.True(
                    alone.IsResident(i) == (test.DomainOf(objects[i]) == MemoryDomain.Vram),
                    $"{policy}, seed {seed}, step {step}: object {i} of {capacity} places is {test.DomainOf(objects[i])}.");
            }
        }

        return vetoes;
    }

    private static int Use(IEvictionPolicy policy, int used, int held, int capacity, ref int resident)
    {
        if (policy.IsResident(used))
        {
            policy.Hit(used);
            return 0;
        }

        policy.Miss(used, 1);
        bool isVetoed = false;
        while (resident == capacity)
        {
            int victim = policy.SelectVictim(used, 1);
            if (victim == held)
            {
                isVetoed = true;
                continue;
            }

            policy.Evict(victim);
            resident--;
        }

        policy.Insert(used, 1);
        if (isVetoed)
        {
            policy.Restore(held);
        }

        resident++;
        return isVetoed ? 1 : 0;
    }
}
