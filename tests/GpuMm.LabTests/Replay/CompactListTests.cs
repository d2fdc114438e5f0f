using System.Collections.Generic;
using GpuMm.Lab.Replay.Compact;
using GpuMm.Primitives;
using Xunit;

namespace GpuMm.LabTests.Replay;

/// <summary>The list of the compact replay, which is a log, beside a list: the same order after each step.</summary>
public sealed class CompactListTests
{
    private const int Slots = 300;

    // Few uses of many, many uses of few, and walks that put back most of what they were offered, so that the log is opened at its front.
    [Theory]
    [InlineData(1ul, 300, 1)]
    [InlineData(2ul, 300, 40)]
    [InlineData(3ul, 5, 4)]
    [InlineData(4ul, 70, 70)]
    public void TheOrderIsThatOfAList(ulong seed, int slots, int longestWalk)
    {
        CompactList list = default;
        list.Start(0, mayRefuse: false);
        list.Reserve(Slots);
        List<int> order = []; // The oldest first
        Prng random = new(seed);
        for (int step = 0; step < 20_000; step++)
        {
            int slot = (int)(random.Next() % (ulong)slots);
            switch (random.Next() % 8)
            {
                case 0:
                    list.Remove(slot);
                    order.Remove(slot);
                    break;
                case 1:
                    Walk(ref list, order, (int)(random.Next() % (ulong)longestWalk) + 1, random.Next());
                    break;
                default:
                    bool isIn = order.Remove(slot);
                    Assert.Equal(isIn, list.IsResident(slot));
                    if (isIn)
                    {
                        list.Hit(slot);
                    }
                    else
                    {
                        list.Insert(slot, 1);
                    }

                    order.Add(slot);
                    break;
            }

            if (step % 16 == 0)
            {
                Assert.Equal(order, Known(in list));
            }
        }

        Assert.Equal(order, Known(in list));
    }

    [Fact]
    public void APlaceThatIsOutOfDateLeadsNowhereElse()
    {
        CompactList list = default;
        list.Start(0, mayRefuse: false);
        list.Reserve(2);
        list.Insert(1, 1);
        int place = -5;
        Assert.Equal((1, -1), (list.Next(ref place), list.Next(ref place)));
        place = int.MaxValue - 100;
        Assert.Equal(-1, list.Next(ref place));
        list.Remove(1);
        place = list.FirstPlace;
        Assert.Equal((-1, -1), (list.Next(ref place), list.SelectVictim(0, 1)));
    }

    // Some of the victims go, some become the youngest, the others go back to where they were.
    private static void Walk(ref CompactList list, List<int> order, int most, ulong fate)
    {
        Stack<int> aside = new();
        for (int i = 0; i < most; i++)
        {
            int victim = list.SelectVictim(0, 1);
            Assert.Equal(order.Count == 0 ? -1 : order[0], victim);
            if (victim < 0)
            {
                break;
            }

            order.RemoveAt(0);
            Assert.False(list.IsResident(victim));
            switch ((fate >> (i & 63)) & 3)
            {
                case 0:
                    list.Evict(victim);
                    list.Insert(victim, 1);
                    order.Add(victim);
                    break;
                case 1:
                    list.Evict(victim);
                    break;
                default:
                    aside.Push(victim);
                    break;
            }
        }

        while (aside.TryPop(out int victim))
        {
            list.Restore(victim);
            order.Insert(0, victim);
        }
    }

    private static List<int> Known(in CompactList list)
    {
        List<int> known = [];
        int place = list.FirstPlace;
        for (int slot; (slot = list.Next(ref place)) >= 0;)
        {
            known.Add(slot);
        }

        return known;
    }
}
