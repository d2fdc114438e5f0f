using System;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.UnitTests.Ranges;

public sealed class RangeAllocatorAllocationTests
{
    [Fact]
    public void NoOperationAllocatesManagedMemoryOnceTheTablesHaveGrown()
    {
        RangeAllocator mm = new(0, 1 << 20, 1_024) { ColorAdjust = (in ColorHole _, ulong _) => default };
        RangeHandle[] handles = new RangeHandle[256];
        Round(mm, handles);

        // Beside other tests a few kilobytes were seen here now and then, never alone; where they come from is not known.
        // What an operation allocates comes again in each attempt.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 4; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 8; i++)
            {
                Round(mm, handles);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private static void Round(RangeAllocator mm, RangeHandle[] handles)
    {
        for (int i = 0; i < handles.Length; i++)
        {
            RangeRequest request = new((ulong)(1 + (i * 7 % 90)), (ulong)(i % 5), (ulong)(i % 3), Mode: (RangeMode)(i % 4));
            mm.TryInsert(in request, out handles[i]);
        }

        for (int i = 0; i < handles.Length; i += 2)
        {
            mm.Remove(handles[i]);
            mm.TryInsert(new RangeRequest(5), out handles[i]);
            handles[i] = mm.Replace(handles[i]);
        }

        ulong sum = 0;
        foreach (RangeNode node in mm.Nodes(100, 10_000))
        {
            sum += node.Color;
        }

        foreach (ByteRange hole in mm.Holes())
        {
            sum += hole.SizeBytes;
        }

        mm.BeginScan(new RangeRequest(sum));
        mm.AddBlock(handles[3]);
        mm.AddBlock(handles[7]);
        mm.RemoveBlock(handles[7]);
        mm.RemoveBlock(handles[3]);
        Assert.Null(mm.Validate());
        foreach (RangeHandle handle in handles)
        {
            mm.Remove(handle);
        }
    }
}
