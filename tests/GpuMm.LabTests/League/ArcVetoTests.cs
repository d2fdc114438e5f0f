using System.Collections.Generic;
using System.Linq;
using GpuMm.Eviction;
using GpuMm.Primitives;
using Xunit;

namespace GpuMm.LabTests.League;

/// <summary>ARC where rules veto candidates at random: who is passed over counts as resident, and costs no ghost.</summary>
public sealed class ArcVetoTests
{
    private const int Slots = 30;

    [Fact]
    public void ResidentsAndGhostsEqualTheModelHoweverManyAreVetoed()
    {
        int vetoes = 0;
        int failures = 0;
        for (ulong seed = 1; seed <= 400; seed++)
        {
            Compare(seed, ref vetoes, ref failures);
        }

        Assert.True(vetoes > 10_000, "Candidates must have been vetoed.");
        Assert.True(failures > 100, "Sometimes nobody may go.");
    }

    private static void Compare(ulong seed, ref int vetoes, ref int failures)
    {
        Prng random = new(seed);
        int capacity = 4 + (int)random.Below(40);
        uint vetoed = random.Below(10); // Of ten.
        ArcPolicy policy = default;
        policy.Reserve(Slots);
        policy.Start(capacity, mayRefuse: false);
        NaiveArc model = new(capacity);
        uint[] sizes = [.. Enumerable.Range(0, Slots).Select(_ => 1 + random.Below(4))];
        Stack<int> aside = [];
        for (int step = 0; step < 300; step++)
        {
            int slot = (int)random.Below(random.Below(2) == 0 ? Slots : 8u);
            if (policy.IsResident(slot))
            {
                policy.Hit(slot);
                model.Use(slot);
                continue;
            }

            model.Vetoed.Clear();
            model.Vetoed.UnionWith(Enumerable.Range(0, Slots).Where(_ => random.Below(10) < vetoed));
            model.Ask(slot, sizes[slot]);
            policy.Miss(slot, sizes[slot]);
            long used = model.Resident.Sum(id => sizes[id]);
            while (used + sizes[slot] > capacity && model.HasVictim)
            {
                int victim = policy.SelectVictim(slot, sizes[slot]);
                while (model.Vetoed.Contains(victim))
                {
                    vetoes++;
                    aside.Push(victim);
                    victim = policy.SelectVictim(slot, sizes[slot]);
                }

                policy.Evict(victim);
                model.EvictOne(sizes[slot]);
                used -= sizes[victim];
            }

            bool fits = used + sizes[slot] <= capacity;
            if (fits)
            {
                policy.Insert(slot, sizes[slot]);
                model.Admit(slot, sizes[slot]);
            }
            else
            {
                failures++;
                policy.Remove(slot); // It does not come, and is remembered by neither.
            }

            while (aside.TryPop(out int stays))
            {
                policy.Restore(stays);
            }

            AssertEqual(model, policy, $"seed {seed}, step {step}");
        }
    }

    private static void AssertEqual(NaiveArc model, ArcPolicy policy, string when)
    {
        HashSet<int> resident = [.. model.Resident];
        Assert.True(Enumerable.Range(0, Slots).All(id => policy.IsResident(id) == resident.Contains(id)), $"{when}: another object is resident.");
        HashSet<int> ghosts = [.. model.Ghosts];
        Assert.True(Enumerable.Range(0, Slots).All(id => policy.IsGhost(id) == ghosts.Contains(id)), $"{when}: another object is remembered.");
    }
}
