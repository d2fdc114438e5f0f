using GpuMm.Ranges;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Ranges;

public sealed class RangeAllocatorAllocationTests
{
    [Fact]
    public void NoOperationAllocatesManagedMemoryOnceTheTablesHaveGrown() => Assert.Equal(0, BytesOfEightRounds());

    [Fact]
    public void AnIndexThatIsDroppedAndBuiltAgainUsesItsOldArrays() => Assert.Equal(0, BytesOfEightRebuilds());

    [Theory]
    [InlineData(RangeMode.Best)]
    [InlineData(RangeMode.Low)]
    [InlineData(RangeMode.High)]
    public void ARangeMadeForItsNodesGrowsNoTableUpToAHoleForEveryFourth(RangeMode mode)
    {
        const int Nodes = 8_000;
        RangeAllocator mm = new(0, 1 << 20, Nodes);
        mm.TryInsert(new RangeRequest(1, Mode: mode), out RangeHandle first); // makes the index
        long bytes = mm.MetadataBytes;
        mm.Remove(first);
        RangeHandle[] handles = Fill(mm, Nodes, mode);
        for (int i = 0; i < Nodes; i += 4)
        {
            mm.Remove(handles[i]);
        }

        Assert.InRange(mm.HoleCount, Nodes / 4, (Nodes / 4) + 1);
        Assert.Equal(bytes, mm.MetadataBytes);
        Assert.Null(mm.Validate());
        Assert.InRange(bytes, 0, 64L * Nodes);
    }

    /// <summary>Each mode in turn, long enough that the indexes of the others go.</summary>
    private static long BytesOfEightRebuilds()
    {
        RangeAllocator mm = new(0, 1 << 20, 1_024);
        RangeHandle[] handles = Fill(mm, 512, RangeMode.Best);
        for (int i = 0; i < handles.Length; i += 3)
        {
            mm.Remove(handles[i]);
        }

        for (int i = 0; i < 8; i++)
        {
            DropOthers(mm, (RangeMode)(i % 4));
        }

        ManagedBytes bytes = ManagedBytes.Count();
        for (int i = 0; i < 8; i++)
        {
            DropOthers(mm, (RangeMode)(i % 4));
        }

        long allocated = bytes.Allocated;
        Assert.Null(mm.Validate());
        return allocated;
    }

    private static void DropOthers(RangeAllocator mm, RangeMode mode)
    {
        for (int i = 0; i < 4_096; i++)
        {
            mm.TryInsert(new RangeRequest(3, Mode: mode), out RangeHandle handle);
            mm.Remove(handle);
        }
    }

    private static RangeHandle[] Fill(RangeAllocator mm, int count, RangeMode mode)
    {
        RangeHandle[] handles = new RangeHandle[count];
        for (int i = 0; i < count; i++)
        {
            mm.TryInsert(new RangeRequest((ulong)(1 + (i * 7 % 90)), Mode: mode), out handles[i]);
        }

        return handles;
    }

    private static long BytesOfEightRounds()
    {
        RangeAllocator mm = new(0, 1 << 20, 1_024) { ColorAdjust = static (in ColorHole _, ulong _) => default };
        RangeHandle[] handles = new RangeHandle[256];
        Round(mm, handles);
        ManagedBytes bytes = ManagedBytes.Count();
        for (int i = 0; i < 8; i++)
        {
            Round(mm, handles);
        }

        return bytes.Allocated;
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
