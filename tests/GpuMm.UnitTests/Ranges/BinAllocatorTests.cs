using System;
using GpuMm.Ranges;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Ranges;

public sealed class BinAllocatorTests
{
    [Theory]
    [InlineData(0ul, 1ul, 1)]
    [InlineData(255ul, 256ul, 1)]
    [InlineData(100ul, 0ul, 1)]
    [InlineData(100ul, 3ul, 1)]
    [InlineData(1ul << 32, 1ul, 1)]
    [InlineData(100ul, 1ul, 0)]
    [InlineData(100ul, 1ul, BinAllocator.MaxLiveLimit + 1)]
    public void ASpaceOutOfShapeIsRefused(ulong sizeBytes, ulong unitBytes, int maxLive)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BinAllocator(sizeBytes, unitBytes, maxLive));
    }

    [Fact]
    public void TheLargestSpaceIsGivenOutToItsLastUnit()
    {
        BinAllocator bins = new(uint.MaxValue, 1);
        Assert.Equal(0ul, Take(bins, uint.MaxValue - 1));
        Assert.Equal(uint.MaxValue - 1ul, Take(bins, 1));
        Assert.Equal(MmStatus.NoSpace, bins.TryAllocate(1, 1, out _, out _));
        Assert.Equal(MmStatus.InvalidArgument, bins.TryAllocate(1ul << 32, 1, out _, out _));
        Assert.Null(bins.Validate());
    }

    [Theory]
    [InlineData(0ul, 1ul)]
    [InlineData(4097ul, 1ul)]
    [InlineData(ulong.MaxValue, 1ul)]
    [InlineData(16ul, 3ul)]
    public void ARequestOutOfShapeIsInvalid(ulong sizeBytes, ulong alignmentBytes)
    {
        BinAllocator bins = new(4096, 16);
        Assert.Equal(MmStatus.InvalidArgument, bins.TryAllocate(sizeBytes, alignmentBytes, out BinBlock block, out _));
        Assert.True(block.IsNone);
    }

    [Fact]
    public void SizesAreRoundedUpToUnitsAndNeighboursMerge()
    {
        BinAllocator bins = new(4096, 16);
        Assert.Equal(MmStatus.Ok, bins.TryAllocate(17, 1, out BinBlock first, out _));
        Assert.Equal(32ul, bins.GetRange(first).SizeBytes);
        Assert.Equal(MmStatus.Ok, bins.TryAllocate(16, 1, out BinBlock middle, out _));
        Assert.Equal(MmStatus.Ok, bins.TryAllocate(16, 1, out BinBlock last, out _));
        bins.Free(first);
        bins.Free(last);
        Assert.Null(bins.Validate());
        bins.Free(middle);
        Assert.Equal(4096ul, bins.LargestFreeBytes);
        Assert.Null(bins.Validate());
    }

    [Fact]
    public void TheLiveLimitIsAStatus()
    {
        BinAllocator bins = new(4096, 1, maxLiveCount: 2);
        Take(bins, 1);
        Assert.Equal(MmStatus.Ok, bins.TryAllocate(1, 1, out BinBlock second, out _));
        Assert.Equal(MmStatus.NoSpace, bins.TryAllocate(1, 1, out _, out _));
        bins.Free(second);
        Take(bins, 1);
        Assert.Equal(2, bins.LiveCount);
    }

    [Fact]
    public void MisuseOfNamesThrows()
    {
        BinAllocator bins = new(4096, 1);
        BinAllocator other = new(4096, 1);
        Assert.Equal(MmStatus.Ok, bins.TryAllocate(8, 1, out BinBlock block, out _));
        Assert.Throws<InvalidOperationException>(() => other.Free(block));
        Assert.Throws<InvalidOperationException>(() => bins.Free(default));
        bins.Free(block);
        Assert.Throws<InvalidOperationException>(() => bins.Free(block));
        Take(bins, 8);
        Assert.Throws<InvalidOperationException>(() => bins.Free(block));
        Assert.Throws<InvalidOperationException>(() => bins.GetRange(block));
        Assert.Null(bins.Validate());
    }

    /// <summary>A peer cleared the bit of a class that still had a hole; the space was lost until its neighbour moved.</summary>
    [Fact]
    public void AHoleStaysInSightWhenAnotherOfItsClassIsTaken()
    {
        BinAllocator bins = new(100, 1);
        Assert.Equal(MmStatus.Ok, bins.TryAllocate(10, 1, out BinBlock a, out _));
        Take(bins, 1);
        Assert.Equal(MmStatus.Ok, bins.TryAllocate(10, 1, out BinBlock b, out _));
        Take(bins, 79);
        bins.Free(a);
        bins.Free(b);
        Take(bins, 10);
        Assert.Null(bins.Validate());
        Take(bins, 10);
        Assert.Equal(0ul, bins.FreeBytes);
    }

    /// <summary>A peer threw when no hole fitted.</summary>
    [Theory]
    [InlineData(33ul)]
    [InlineData(50ul)]
    [InlineData(100ul)]
    public void NoHoleThatFitsIsAStatus(ulong size)
    {
        BinAllocator bins = new(100, 1);
        Assert.Equal(MmStatus.Ok, bins.TryAllocate(32, 1, out BinBlock a, out _));
        Take(bins, 1);
        Assert.Equal(MmStatus.Ok, bins.TryAllocate(32, 1, out BinBlock b, out _));
        Take(bins, 35);
        bins.Free(a);
        bins.Free(b);
        Assert.Equal(64ul, bins.FreeBytes);
        Assert.Equal(MmStatus.NoSpace, bins.TryAllocate(size, 1, out _, out _));
        Assert.Null(bins.Validate());
    }

    /// <summary>A peer asked for size + alignment only, and overlooked a hole that was aligned already.</summary>
    [Fact]
    public void AHoleThatHappensToBeAlignedIsUsedWithoutPadding()
    {
        BinAllocator bins = new(1024, 1);
        Take(bins, 512);
        Assert.Equal(MmStatus.Ok, bins.TryAllocate(256, 1, out BinBlock hole, out ulong offset));
        Assert.Equal(512ul, offset);
        Take(bins, 256);
        bins.Free(hole);
        Assert.Equal(MmStatus.NoSpace, bins.TryAllocate(257, 256, out _, out _));
        Assert.Equal(MmStatus.Ok, bins.TryAllocate(256, 256, out _, out offset));
        Assert.Equal(512ul, offset);
    }

    [Fact]
    public void AHoleInTheSameClassButTooSmallIsPassedOver()
    {
        // 1000 and 1007 share a class of 8: the search must look past the first.
        BinAllocator bins = new(4096, 1);
        BinBlock[] holes = new BinBlock[6];
        for (int i = 0; i < holes.Length; i++)
        {
            Assert.Equal(MmStatus.Ok, bins.TryAllocate(i == 0 ? 107ul : 104ul, 1, out holes[i], out _));
            Take(bins, 1);
        }

        Take(bins, bins.LargestFreeBytes);
        Array.ForEach(holes, bins.Free);
        Assert.Equal(MmStatus.NoSpace, bins.TryAllocate(108, 1, out _, out _));
        Assert.Equal(MmStatus.Ok, bins.TryAllocate(107, 1, out _, out ulong offset));
        Assert.Equal(0ul, offset);
    }

    [Fact]
    public void WhenEveryOddBlockIsFreeHalfTheSpaceIsNotOneRun()
    {
        BinAllocator bins = new(1024, 1);
        BinBlock[] blocks = new BinBlock[1024];
        for (int i = 0; i < blocks.Length; i++)
        {
            Assert.Equal(MmStatus.Ok, bins.TryAllocate(1, 1, out blocks[i], out _));
        }

        for (int i = 1; i < blocks.Length; i += 2)
        {
            bins.Free(blocks[i]);
        }

        Assert.Equal(512ul, bins.FreeBytes);
        Assert.Equal(MmStatus.NoSpace, bins.TryAllocate(512, 1, out _, out _));
        Assert.Equal(MmStatus.NoSpace, bins.TryAllocate(2, 1, out _, out _));
        for (int i = 0; i < blocks.Length; i += 2)
        {
            bins.Free(blocks[i]);
        }

        Assert.Equal(MmStatus.Ok, bins.TryAllocate(512, 1, out _, out _));
    }

    [Fact]
    public void AllocatingAndFreeingTakesNoManagedMemory()
    {
        BinAllocator bins = new(1 << 20);
        BinBlock[] blocks = new BinBlock[64];
        Churn(bins, blocks);
        ManagedBytes bytes = ManagedBytes.Count();
        Churn(bins, blocks);
        Assert.Equal(0, bytes.Allocated);
        Assert.Null(bins.Validate());
    }

    [Fact]
    public void PlantedDamageIsFound()
    {
        BinAllocator bins = new(100, 1);
        bins.PlantHiddenClass(100);
        Assert.Contains("hides the class", bins.Validate(), StringComparison.Ordinal);

        bins = new BinAllocator(100, 1);
        Assert.Equal(MmStatus.Ok, bins.TryAllocate(10, 1, out BinBlock block, out _));
        bins.PlantOverlap(block);
        Assert.Contains("does not start at 11", bins.Validate(), StringComparison.Ordinal);
    }

    [Fact]
    public void TheDumpNamesTheClassesThatHaveHoles()
    {
        BinAllocator bins = new(1 << 20, 256);
        Assert.Equal(MmStatus.Ok, bins.TryAllocate(512, 1, out BinBlock block, out _));
        Take(bins, 256);
        bins.Free(block);
        string[] lines = bins.Dump().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("bins: unit 256 B, size 1048576 B, free 1048320 B, largest 1047808 B, live 1", lines[0]);
        Assert.Equal(3, lines.Length);
        Assert.EndsWith("512 B:        1 holes", lines[2], StringComparison.Ordinal);
    }

    private static void Churn(BinAllocator bins, BinBlock[] blocks)
    {
        for (int i = 0; i < 2_000; i++)
        {
            ref BinBlock block = ref blocks[i * 7 % blocks.Length];
            if (!block.IsNone)
            {
                bins.Free(block);
            }

            _ = bins.TryAllocate((ulong)((i * 13 % 31) + 1) * 512, 1ul << (i % 14), out block, out _);
        }
    }

    private static ulong Take(BinAllocator bins, ulong size)
    {
        Assert.Equal(MmStatus.Ok, bins.TryAllocate(size, 1, out _, out ulong offset));
        return offset;
    }
}
