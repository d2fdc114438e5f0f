using System;
using System.Collections.Generic;
using GpuMm.Ranges;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Ranges;

/// <summary>The layout for many small blocks: borders as bits, long pieces, names, and entries that went stale.</summary>
public sealed class DenseBinsTests
{
    private const int Units = 1024;

    [Theory]
    [InlineData(1u)]
    [InlineData(63u)]
    [InlineData(64u)]
    [InlineData(65u)]
    [InlineData(66u)]
    [InlineData(127u)]
    [InlineData(128u)]
    [InlineData(129u)]
    [InlineData(511u)]
    public void APieceOfAnySizeAtAnyPlaceInAWordIsFoundFromBothSides(uint size)
    {
        for (uint lead = 1; lead <= 130; lead++)
        {
            BinAllocator bins = Make();
            BinBlock before = Take(bins, lead, expected: 0);
            BinBlock block = Take(bins, size, expected: lead);
            BinBlock after = Take(bins, 1, expected: lead + size);
            Assert.Equal(new ByteRange(lead, size), bins.GetRange(block));
            bins.Free(block);
            Assert.Null(bins.Validate());
            block = Take(bins, size, expected: lead);
            bins.Free(before);
            bins.Free(after);
            Assert.Null(bins.Validate());
            bins.Free(block);
            Assert.Null(bins.Validate());
            Assert.Equal((ulong)Units, bins.LargestFreeBytes);
        }
    }

    [Theory]
    [InlineData(1, 1ul)]
    [InlineData(63, 8ul)]
    [InlineData(64, 8ul)]
    [InlineData(65, 9ul)]
    public void ASpaceIsGivenOutToItsLastUnitAndBack(int units, ulong expectedLive)
    {
        BinAllocator bins = new((ulong)units, 1, units, (int)expectedLive);
        List<BinBlock> blocks = [];
        for (uint i = 0; i < units; i++)
        {
            blocks.Add(Take(bins, 1, expected: i));
            Assert.Null(bins.Validate());
        }

        Assert.Equal(MmStatus.NoSpace, bins.TryAllocate(1, 1, out _, out _));
        Assert.Equal(0ul, bins.LargestFreeBytes);
        for (int i = 0; i < units; i += 2)
        {
            bins.Free(blocks[i]);
            Assert.Null(bins.Validate());
        }

        Assert.Equal(1ul, bins.LargestFreeBytes);
        for (int i = 1; i < units; i += 2)
        {
            bins.Free(blocks[i]);
            Assert.Null(bins.Validate());
        }

        Assert.Equal((ulong)units, bins.LargestFreeBytes);
    }

    [Fact]
    public void MisuseOfNamesThrowsAndChangesNothing()
    {
        BinAllocator bins = Make();
        BinAllocator other = Make();
        BinBlock block = Take(bins, 8, expected: 0);
        Take(other, 8, expected: 0);
        Assert.Throws<InvalidOperationException>(() => other.Free(block));
        Assert.Throws<InvalidOperationException>(() => bins.Free(default));
        Assert.Throws<InvalidOperationException>(() => bins.Free(new BinBlock(block.Packed + 1))); // inside the block
        Assert.Throws<InvalidOperationException>(() => bins.Free(new BinBlock(block.Packed + Units)));
        bins.Free(block);
        Assert.Throws<InvalidOperationException>(() => bins.Free(block));
        BinBlock again = Take(bins, 8, expected: 0);
        Assert.Throws<InvalidOperationException>(() => bins.Free(block));
        Assert.Throws<InvalidOperationException>(() => bins.GetRange(block));
        Assert.True(bins.IsLive(again));
        Assert.Equal(1, bins.LiveCount);
        Assert.Null(bins.Validate());
    }

    [Fact]
    public void AnOldNameIsRefusedUntilItsUnitWasGivenOut65536TimesMore()
    {
        BinAllocator bins = Make();
        BinBlock old = Take(bins, 1, expected: 0);
        BinBlock block = old;
        for (int i = 1; i < 65_536; i++)
        {
            bins.Free(block);
            block = Take(bins, 1, expected: 0);
            Assert.False(bins.IsLive(old));
        }

        bins.Free(block);
        Assert.Equal(old, Take(bins, 1, expected: 0)); // the stated limit
    }

    [Fact]
    public void EntriesThatWentStaleDoNotPileUp()
    {
        BinAllocator bins = Make();
        BinBlock[] blocks = new BinBlock[Units];
        Assert.Equal(0ul, FillAndEmpty(bins, blocks, 50));
        long metadataBytes = bins.MetadataBytes;
        ManagedBytes bytes = ManagedBytes.Count();
        FillAndEmpty(bins, blocks, 200);
        long allocated = bytes.Allocated;
        Assert.Equal(0, allocated);
        Assert.Equal(metadataBytes, bins.MetadataBytes);
        Assert.Null(bins.Validate());
    }

    [Fact]
    public void ManyHolesMakeTheStacksGrow()
    {
        BinAllocator bins = new(16_384, 1, 16_384, 2_048);
        BinBlock[] blocks = new BinBlock[16_384];
        for (uint i = 0; i < blocks.Length; i++)
        {
            blocks[i] = Take(bins, 1, expected: i);
        }

        long before = bins.MetadataBytes;
        for (int i = 0; i < blocks.Length; i += 2)
        {
            bins.Free(blocks[i]);
        }

        Assert.True(bins.MetadataBytes > before);
        Assert.Null(bins.Validate());
        for (int i = 0; i < blocks.Length; i += 2)
        {
            Assert.Equal(MmStatus.Ok, bins.TryAllocate(1, 1, out _, out _));
        }

        Assert.Equal(0ul, bins.FreeBytes);
        Assert.Null(bins.Validate());
    }

    [Fact]
    public void PlantedDamageIsFound()
    {
        Assert.Contains("hides the class 1024", Damage(dense => dense.PlantHiddenClass(BinClass.Of(1024 - 90)))
            .Replace($"class {BinClass.Of(1024 - 90)}", "class 1024", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("which its notes deny", Damage(dense => dense.PlantWrongNote(10)), StringComparison.Ordinal);
        Assert.Contains("marked as the border", Damage(dense => dense.PlantLostHole(90)), StringComparison.Ordinal);
        Assert.Contains("blocks are counted live", Damage(dense => dense.PlantLostBorder(9)), StringComparison.Ordinal);
        Assert.Contains("no class lists", Damage(dense => dense.PlantLostEntry(BinClass.Of(1024 - 90))), StringComparison.Ordinal);
        Assert.Contains("counts 1 holes instead of 0", Damage(dense => dense.PlantWrongCount(5)), StringComparison.Ordinal);
    }

    /// <summary>Blocks of 9, 1 and 80 units and a hole, of which one thing is then damaged.</summary>
    private static string Damage(Action<DenseBins> damage)
    {
        BinAllocator bins = Make();
        Take(bins, 9, expected: 0);
        Take(bins, 1, expected: 9);
        Take(bins, 80, expected: 10);
        Assert.Null(bins.Validate());
        damage(bins.Dense!);
        return bins.Validate() ?? "nothing was found";
    }

    private static ulong FillAndEmpty(BinAllocator bins, BinBlock[] blocks, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < blocks.Length; i++)
            {
                _ = bins.TryAllocate(1, 1, out blocks[i], out _);
            }

            for (int i = 0; i < blocks.Length; i++)
            {
                bins.Free(blocks[(i * 7) % blocks.Length]);
            }
        }

        return (ulong)bins.LiveCount;
    }

    private static BinAllocator Make() => new(Units, 1, Units, Units / 8);

    private static BinBlock Take(BinAllocator bins, uint size, uint expected)
    {
        Assert.Equal(MmStatus.Ok, bins.TryAllocate(size, 1, out BinBlock block, out ulong offset));
        Assert.Equal(expected, offset);
        return block;
    }
}
