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
        Thread other = new(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                GC.Collect(0);
            }
        });
        other.Start();
        for (int i = 0; i < 20; i++)
        {
            GC.KeepAlive(new byte[64 + i]); // The thread was handed bytes, and has many of them left.
            ManagedBytes bytes = ManagedBytes.Count();
            int collections = GC.CollectionCount(0);
            SpinWait wait = default;
            while (GC.CollectionCount(0) < collections + 3)
            {
                wait.SpinOnce();
            }

            Assert.Equal(0, bytes.Allocated);
        }

        Volatile.Write(ref isDone, true);
        other.Join();
    }

    [Fact]
    public void WhatTheThreadAllocatesIsCounted()
    {
        ManagedBytes bytes = ManagedBytes.Count();
        byte[] block = new byte[1000];
        Assert.InRange(bytes.Allocated, block.Length, long.MaxValue);
    }
}
