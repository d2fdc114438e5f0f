using System;
using System.Threading;
using GpuMm.Paging;
using Xunit;

namespace GpuMm.UnitTests.Paging;

/// <summary>The gate of a leaf: one thread at a time, and whoever comes next sees all that was written under it.</summary>
public sealed class LeafGateTests
{
    private const int Rounds = 100_000;

    // Plain fields: only the gate makes them right.
    private readonly ulong[] _pair = new ulong[64];
    private long _counter;

    [Fact]
    public void NoStepOfOneThreadIsLostToAnother()
    {
        PageTableLeaf leaf = new(0, PageTableLeaf.EntryCount);
        Together(_ =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                leaf.Enter();
                _counter++;
                leaf.Exit();
            }
        });
        Assert.Equal(2 * Rounds, _counter);
    }

    [Fact]
    public void WhatWasWrittenTogetherIsSeenTogether()
    {
        PageTableLeaf leaf = new(0, PageTableLeaf.EntryCount);
        int torn = 0;
        Together(thread =>
        {
            for (ulong i = 1; i <= Rounds; i++)
            {
                leaf.Enter();
                if (thread == 0)
                {
                    _pair[0] = i; // A cache line apart, so that a reader could meet them out of order.
                    _pair[32] = i;
                }
                else
                {
                    torn += _pair[32] == _pair[0] ? 0 : 1;
                }

                leaf.Exit();
            }
        });
        Assert.Equal((0, (ulong)Rounds), (torn, _pair[0]));
    }

    private static void Together(Action<int> work)
    {
        Thread other = new(() => work(1));
        other.Start();
        work(0);
        other.Join();
    }
}
