using System;
using System.Threading;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests;

public sealed class ManagedBytesTests
{
    [Fact]
    public void WhatOtherThreadsCollectIsNotCounted()
    {
        bool isDone = false;
        uint work = 1;
        long most = 0;
        Thread[] others = new Thread[3]; // One alone is not enough to see it.
        for (int i = 0; i < others.Length; i++)
        {
            others[i] = new Thread(() =>
            {
                byte[][] kept = new byte[1000][];
                for (int j = 0; !Volatile.Read(ref isDone); j++)
                {
                    kept[j % kept.Length] = new byte[100 + (j % 5000)];
                }
            });
            others[i].Start();
        }

        try
        {
            for (int i = 0; i < 50; i++)
            {
                GC.KeepAlive(new byte[64 + i]); // The thread was handed bytes, and has many of them left.
                ManagedBytes bytes = ManagedBytes.Count();
                int collections = GC.CollectionCount(0);
                while (GC.CollectionCount(0) < collections + 1)
                {
                    for (int j = 0; j < 1_000_000; j++)
                    {
                        work = unchecked((work * 1_664_525) + 1_013_904_223);
                    }
                }

                most = Math.Max(most, bytes.Allocated);
            }
        }
        finally
        {
            Volatile.Write(ref isDone, true);
            Array.ForEach(others, static other => other.Join());
        }

        Assert.Equal((0L, true), (most, work != 0));
    }

    [Fact]
    public void WhatTheThreadAllocatesIsCounted()
    {
        ManagedBytes bytes = ManagedBytes.Count();
        byte[] block = new byte[1000];
        GC.KeepAlive(block); // One that nobody else could see may be made on the stack.
        Assert.InRange(bytes.Allocated, block.Length, long.MaxValue);
    }
}
