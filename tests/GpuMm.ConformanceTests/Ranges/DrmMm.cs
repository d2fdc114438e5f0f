using System;
using System.Collections.Generic;
using GpuMm.Primitives;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.ConformanceTests.Ranges;

/// <summary>What the upstream suites of drm_mm check again and again, told against our allocator.</summary>
internal static class DrmMm
{
    public static readonly RangeMode[] Modes = [RangeMode.Best, RangeMode.Low, RangeMode.High, RangeMode.Evict];

    public static RangeHandle Insert(
        RangeAllocator mm, ulong size, ulong align = 0, ulong color = 0, ulong start = 0, ulong end = 0,
        RangeMode mode = RangeMode.Best)
    {
        RangeRequest request = new(size, align, color, start, end, mode);
        Assert.Equal(MmStatus.Ok, mm.TryInsert(in request, out RangeHandle handle));
        RangeNode node = mm.GetNode(handle);
        Assert.Equal(size, node.Range.SizeBytes);
        Assert.Equal(color, node.Color);
        Assert.True(align <= 1 || node.Range.StartBytes % align == 0, "The node is aligned.");
        Assert.True(node.Range.StartBytes >= start, "The node starts inside the window.");
        Assert.True(end == 0 || node.Range.EndBytes - 1 < end, "The node ends inside the window.");
        return handle;
    }

    public static void InsertFails(
        RangeAllocator mm, ulong size, ulong align = 0, ulong start = 0, ulong end = 0, RangeMode mode = RangeMode.Best)
    {
        int nodes = mm.NodeCount;
        RangeRequest request = new(size, align, 0, start, end, mode);
        MmStatus status = mm.TryInsert(in request, out RangeHandle handle);
        Assert.True(status.IsNoSpace(), $"{status} is one of the answers that upstream calls ENOSPC.");
        Assert.True(handle.IsNone);
        Assert.Equal(nodes, mm.NodeCount);
    }

    public static RangeHandle Reserve(RangeAllocator mm, ulong start, ulong size, ulong color = 0)
    {
        Assert.Equal(MmStatus.Ok, mm.TryInsertAt(new ByteRange(start, size), color, out RangeHandle handle));
        Assert.Equal(new ByteRange(start, size), mm.GetRange(handle));
        return handle;
    }

    public static void ReserveFails(RangeAllocator mm, ulong start, ulong size)
    {
        MmStatus status = mm.TryInsertAt(new ByteRange(start, size), 0, out RangeHandle handle);
        Assert.True(status.IsNoSpace(), $"{status} is one of the answers that upstream calls ENOSPC.");
        Assert.True(handle.IsNone);
    }

    public static void AssertNoHoles(RangeAllocator mm)
    {
        Assert.Equal(0, mm.HoleCount);
        Assert.Equal(0ul, mm.FreeBytes);
        Assert.Equal(0ul, mm.LargestHoleBytes);
        foreach (RangeNode node in mm.Nodes())
        {
            Assert.False(mm.HoleFollows(node.Handle));
        }
    }

    public static void AssertOneHole(RangeAllocator mm, ulong start, ulong end)
    {
        List<ByteRange> holes = [];
        foreach (ByteRange hole in mm.Holes())
        {
            holes.Add(hole);
        }

        Assert.Equal([new ByteRange(start, end - start)], holes);
    }

    /// <summary>Every node has the size, nodes follow each other without a gap, and are found by their addresses.</summary>
    public static void AssertContinuous(RangeAllocator mm, ulong size)
    {
        ulong address = mm.StartBytes;
        foreach (RangeNode node in mm.Nodes())
        {
            Assert.Equal(new ByteRange(address, size), node.Range);
            Assert.False(mm.HoleFollows(node.Handle) && node.Range.EndBytes != mm.StartBytes + mm.SizeBytes - mm.FreeBytes);
            if (address / size % 16 == 0)
            {
                int found = 0;
                foreach (RangeNode other in mm.Nodes(address, address + size))
                {
                    Assert.Equal(node, other);
                    found++;
                }

                Assert.Equal(1, found);
            }

            address += size;
        }
    }

    public static int[] RandomOrder(int count, Prng random)
    {
        int[] order = new int[count];
        for (int i = 0; i < count; i++)
        {
            int at = (int)random.Below((uint)i + 1);
            order[i] = order[at];
            order[at] = i;
        }

        return order;
    }

    public static IEnumerable<int> Primes(int below)
    {
        for (int n = 1; n < below; n++)
        {
            bool prime = true;
            for (int d = 2; d * d <= n; d++)
            {
                prime &= n % d != 0;
            }

            if (prime)
            {
                yield return n;
            }
        }
    }

    public static int NextPrime(int n)
    {
        foreach (int prime in Primes((2 * n) + 3))
        {
            if (prime > n)
            {
                return prime;
            }
        }

        throw new InvalidOperationException("Between n and 2n there is a prime.");
    }

    /// <summary>The colour rule of the upstream suite: one byte between neighbours of different colour.</summary>
    public static ColorMargins SeparateAdjacentColors(in ColorHole hole, ulong color) => new(
        !hole.Before.IsNone && hole.BeforeColor != color ? 1u : 0u,
        !hole.After.IsNone && hole.AfterColor != color ? 1u : 0u);
}
