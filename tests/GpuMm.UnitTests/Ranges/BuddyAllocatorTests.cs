using System;
using System.Collections.Generic;
using GpuMm.Ranges;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Ranges;

public sealed class BuddyAllocatorTests
{
    private const ulong Chunk = 4096;

    [Theory]
    [InlineData(0ul, 4096ul)]
    [InlineData(4095ul, 4096ul)]
    [InlineData(8192ul, 2048ul)]
    [InlineData(8192ul, 0ul)]
    [InlineData(1ul << 20, 4097ul)]
    [InlineData(1ul << 20, 12288ul)]
    [InlineData(8191ul, 8192ul)]
    public void ASpaceOutOfShapeIsRefused(ulong sizeBytes, ulong chunkBytes)
    {
        Assert.Equal(MmStatus.InvalidArgument, BuddyAllocator.TryCreate(sizeBytes, chunkBytes, out BuddyAllocator? none));
        Assert.Null(none);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BuddyAllocator(sizeBytes, chunkBytes));
    }

    [Fact]
    public void ASizeIsRoundedDownToChunksAndCutIntoRootsLargestFirst()
    {
        BuddyAllocator buddy = new((11 * Chunk) + 4095);
        Assert.Equal(11 * Chunk, buddy.SizeBytes);
        Assert.Equal(3, buddy.RootCount);
        Assert.Equal(3, buddy.MaxOrder);
        Assert.Equal(1ul, buddy.FreeBlockCount(3, isCleared: false));
        Assert.Equal(0ul, buddy.FreeBlockCount(2, isCleared: false));
        Assert.Equal(1ul, buddy.FreeBlockCount(1, isCleared: false));
        Assert.Equal(1ul, buddy.FreeBlockCount(0, isCleared: false));
    }

    [Theory]
    [InlineData(0ul, 8ul, 0ul, 1ul)] // size 0
    [InlineData(0ul, 8ul, 9ul, 1ul)] // larger than the space
    [InlineData(0ul, 9ul, 1ul, 1ul)] // window beyond the space
    [InlineData(8ul, 9ul, 1ul, 1ul)] // window behind the space
    [InlineData(6ul, 8ul, 3ul, 1ul)] // start + size beyond the space
    [InlineData(0ul, 8ul, 1ul, 0ul)] // no least block
    [InlineData(0ul, 8ul, 1ul, 3ul)] // least block no power of two
    [InlineData(1ul, 3ul, 2ul, 2ul)] // exact range off the least block
    public void ARequestOutOfShapeIsInvalid(ulong start, ulong end, ulong size, ulong min)
    {
        BuddyAllocator buddy = new(8 * Chunk);
        BuddyBlockList list = default;
        Assert.Equal(
            MmStatus.InvalidArgument,
            buddy.TryAllocate(start * Chunk, end * Chunk, size * Chunk, min * Chunk, BuddyFlags.Range, ref list));
        Assert.Equal(0, list.Count);
        Assert.Equal(8 * Chunk, buddy.FreeBytes);
    }

    [Theory]
    [InlineData(1ul, 8192ul, 4096ul, 4096ul)]
    [InlineData(0ul, 8191ul, 4096ul, 4096ul)]
    [InlineData(0ul, 8192ul, 4097ul, 4096ul)]
    [InlineData(0ul, 8192ul, 4095ul, 4096ul)]
    [InlineData(0ul, 8192ul, 4096ul, 4095ul)]
    [InlineData(0ul, 8192ul, ulong.MaxValue, 4096ul)]
    public void ArgumentsThatAreNoChunksAreInvalid(ulong start, ulong end, ulong size, ulong min)
    {
        BuddyAllocator buddy = new(4 * Chunk);
        BuddyBlockList list = default;
        Assert.Equal(MmStatus.InvalidArgument, buddy.TryAllocate(start, end, size, min, BuddyFlags.None, ref list));
    }

    [Fact]
    public void TheSmallestBlockThatFitsIsTakenAtTheHighestAddressAndSplitToTheRight()
    {
        BuddyAllocator buddy = new(11 * Chunk); // roots: 8, 2, 1
        Assert.Equal(10 * Chunk, StartOf(buddy, 1));
        Assert.Equal(9 * Chunk, StartOf(buddy, 1));
        Assert.Equal(8 * Chunk, StartOf(buddy, 1));
        Assert.Equal(7 * Chunk, StartOf(buddy, 1));
        Assert.Equal(4 * Chunk, StartOf(buddy, 2));
        Assert.Equal(6 * Chunk, StartOf(buddy, 1));
    }

    [Fact]
    public void TopDownTakesTheHighestAddressEvenFromALargerBlock()
    {
        BuddyAllocator buddy = new(8 * Chunk);
        BuddyBlockList low = default;
        Assert.Equal(MmStatus.Ok, buddy.TryAllocate(0, Chunk, Chunk, Chunk, BuddyFlags.None, ref low));
        Assert.Equal(1 * Chunk, StartOf(buddy, 1));
        Assert.Equal(7 * Chunk, StartOf(buddy, 1, BuddyFlags.TopDown));
    }

    [Fact]
    public void AWindowIsFilledFromItsLowEndOrFromItsTop()
    {
        BuddyAllocator buddy = new(64 * Chunk);
        BuddyBlockList list = default;
        BuddyFlags down = BuddyFlags.Range | BuddyFlags.TopDown;
        Assert.Equal(MmStatus.Ok, buddy.TryAllocate(5 * Chunk, 21 * Chunk, 2 * Chunk, 2 * Chunk, BuddyFlags.Range, ref list));
        Assert.Equal(MmStatus.Ok, buddy.TryAllocate(5 * Chunk, 21 * Chunk, 2 * Chunk, 2 * Chunk, down, ref list));
        Assert.Equal([6, 18], Starts(buddy, list));
    }

    [Fact]
    public void AFailureAfterSomeBlocksGivesThemBack()
    {
        BuddyAllocator buddy = new(16 * Chunk);
        BuddyBlockList kept = default;
        Assert.Equal(MmStatus.Ok, buddy.TryAllocate(4 * Chunk, 5 * Chunk, Chunk, Chunk, BuddyFlags.None, ref kept));
        BuddyBlockList list = default;
        Assert.Equal(MmStatus.Ok, buddy.TryAllocate(8 * Chunk, 9 * Chunk, Chunk, Chunk, BuddyFlags.None, ref list));
        buddy.Free(ref list, isCleared: true);
        string before = buddy.Dump();
        BuddyFlags range = BuddyFlags.Range; // blocks of 4 at 0, 8 and 12, but the window ends at 14
        Assert.Equal(MmStatus.NoSpace, buddy.TryAllocate(0, 14 * Chunk, 12 * Chunk, 4 * Chunk, range, ref list));
        Assert.Equal(before, buddy.Dump());
        Assert.Null(buddy.Validate());
    }

    [Fact]
    public void RoundingIsKeptOnRequestAndTrimmedOtherwise()
    {
        BuddyAllocator buddy = new(16 * Chunk);
        BuddyBlockList list = default;
        Assert.Equal(MmStatus.Ok, buddy.TryAllocate(3 * Chunk, Chunk, BuddyFlags.Contiguous, ref list));
        Assert.Equal(3 * Chunk, buddy.SizeBytesOf(list));
        Assert.Equal([12, 14], Starts(buddy, list));
        buddy.Free(ref list);
        Assert.Equal(
            MmStatus.Ok, buddy.TryAllocate(3 * Chunk, Chunk, BuddyFlags.Contiguous | BuddyFlags.KeepRounding, ref list));
        Assert.Equal(4 * Chunk, buddy.SizeBytesOf(list));
        buddy.Free(ref list);
        Assert.Equal(MmStatus.Ok, buddy.TryAllocate(5 * Chunk, 4 * Chunk, BuddyFlags.None, ref list));
        Assert.Equal(5 * Chunk, buddy.SizeBytesOf(list));
        Assert.Equal(11 * Chunk, buddy.FreeBytes);
    }

    [Fact]
    public void WhenEveryOddBlockIsFreeHalfTheSpaceIsThereButNotInOneRun()
    {
        int count = 1024;
        BuddyAllocator buddy = new((ulong)count * Chunk);
        BuddyBlock[] blocks = new BuddyBlock[count];
        BuddyBlockList list = default;
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(MmStatus.Ok, buddy.TryAllocate(Chunk, Chunk, BuddyFlags.None, ref list));
            blocks[i] = buddy.TakeFirst(ref list);
        }

        for (int i = 1; i < count; i += 2)
        {
            buddy.Free(blocks[i]);
        }

        Assert.Equal(MmStatus.NoSpace, buddy.TryAllocate((ulong)count / 2 * Chunk, Chunk, BuddyFlags.Contiguous, ref list));
        Assert.Equal(MmStatus.NoSpace, buddy.TryAllocate((ulong)count / 2 * Chunk, 2 * Chunk, BuddyFlags.None, ref list));
        Assert.Equal(MmStatus.Ok, buddy.TryAllocate((ulong)count / 2 * Chunk, Chunk, BuddyFlags.None, ref list));
        Assert.Equal(count / 2, list.Count);
        Assert.Equal(0ul, buddy.FreeBytes);
        Assert.Null(buddy.Validate());
    }

    [Fact]
    public void TheBlockLimitIsAStatusAndChangesNothing()
    {
        BuddyAllocator buddy = new(64 * Chunk, Chunk, maxBlockCount: 3);
        BuddyBlockList list = default;
        Assert.Equal(MmStatus.NoSpace, buddy.TryAllocate(15 * Chunk, Chunk, BuddyFlags.None, ref list)); // four blocks
        Assert.Equal(MmStatus.NoSpace, buddy.TryAllocate(15 * Chunk, Chunk, BuddyFlags.Contiguous, ref list));
        Assert.Equal(MmStatus.NoSpace, buddy.TryAllocate(0, 15 * Chunk, 15 * Chunk, Chunk, BuddyFlags.None, ref list));
        Assert.Equal(64 * Chunk, buddy.FreeBytes);
        Assert.Equal(MmStatus.Ok, buddy.TryAllocate(16 * Chunk, Chunk, BuddyFlags.None, ref list));
        Assert.Equal(MmStatus.NoSpace, buddy.TryTrim(15 * Chunk, ref list));
        Assert.Equal(16 * Chunk, buddy.SizeBytesOf(list));
        Assert.Equal(MmStatus.Ok, buddy.TryTrim(14 * Chunk, ref list));
        Assert.Equal(MmStatus.NoSpace, buddy.TryAllocate(Chunk, Chunk, BuddyFlags.None, ref list));
        Assert.Null(buddy.Validate());
    }

    [Fact]
    public void ARangeRequestAtTheTopOfTheLargestSpaceDoesNotWrap()
    {
        BuddyAllocator buddy = new(ulong.MaxValue);
        ulong end = buddy.SizeBytes;
        BuddyBlockList list = default;
        Assert.Equal(MmStatus.Ok, buddy.TryAllocate(end - Chunk, end, Chunk, Chunk, BuddyFlags.None, ref list));
        Assert.Equal(end - Chunk, buddy.GetInfo(list.First).Range.StartBytes);
        Assert.Equal(MmStatus.Overlap, buddy.TryAllocate(end - Chunk, end, Chunk, Chunk, BuddyFlags.None, ref list));
        Assert.Equal(MmStatus.Overlap, buddy.TryAllocate(end, Chunk, BuddyFlags.Contiguous, ref list));
        Assert.Equal(MmStatus.Ok, buddy.TryAllocate((1ul << 63) + Chunk, Chunk, BuddyFlags.Contiguous, ref list));
        Assert.Null(buddy.Validate());
        Assert.Equal((2 * Chunk) + (1ul << 63), buddy.SizeBytesOf(list));
    }

    [Fact]
    public void AllocatingAndFreeingTakesNoManagedMemory()
    {
        BuddyAllocator buddy = new(1 << 24);
        BuddyBlockList[] lists = new BuddyBlockList[64];
        Churn(buddy, lists, 2_000);
        ManagedBytes bytes = ManagedBytes.Count();
        Churn(buddy, lists, 2_000);
        Assert.Equal(0, bytes.Allocated);
        Assert.Null(buddy.Validate());
    }

    [Theory]
    [InlineData(8ul, 4ul)] // ends before it starts
    [InlineData(8ul, 8ul)]
    [InlineData(8ul, 9ul)] // smaller than the request
    [InlineData(0ul, 0ul)]
    public void AWindowThatHoldsNoRequestHasNoSpaceAndIsNoneWithoutTheFlag(ulong start, ulong end)
    {
        BuddyAllocator buddy = new(16 * Chunk);
        BuddyBlockList list = default;
        foreach (BuddyFlags more in new[] { BuddyFlags.None, BuddyFlags.TopDown, BuddyFlags.Contiguous })
        {
            Assert.Equal(
                MmStatus.NoSpace,
                buddy.TryAllocate(start * Chunk, end * Chunk, 2 * Chunk, Chunk, BuddyFlags.Range | more, ref list));
            Assert.Equal(0, list.Count);
        }

        Assert.Equal(
            MmStatus.Ok, buddy.TryAllocate(start * Chunk, end * Chunk, 2 * Chunk, Chunk, BuddyFlags.None, ref list));
        buddy.Free(ref list);
        Assert.Equal(16 * Chunk, buddy.FreeBytes);
        Assert.Null(buddy.Validate());
    }

    [Fact]
    public void MemoryForFreeBlocksGrowsWithTheirNumberAndIsMadeForClearedOnesWithTheFirst()
    {
        const ulong Space = 1ul << 32; // 2^20 chunks
        const int Singles = 300_000;
        BuddyAllocator buddy = new(Space);
        BuddyBlockList list = default;
        Assert.Equal(MmStatus.Ok, buddy.TryAllocate(5 * Chunk, Chunk, BuddyFlags.PreferCleared, ref list));
        buddy.Free(ref list);
        Assert.Null(buddy.Validate());
        long dirtyOnly = buddy.MetadataBytes;
        Assert.InRange(dirtyOnly, 8 << 10, 16 << 10);
        Assert.Equal(MmStatus.Ok, buddy.TryAllocate(5 * Chunk, Chunk, BuddyFlags.None, ref list));
        buddy.Free(ref list, isCleared: true);
        Assert.InRange(buddy.MetadataBytes, dirtyOnly + (8 << 10), dirtyOnly + (16 << 10));
        Assert.Equal(5 * Chunk, buddy.ClearedFreeBytes);
        Assert.Null(buddy.Validate());

        BuddyBlockList kept = default;
        BuddyBlockList freed = default;
        for (int i = 0; i < Singles; i++)
        {
            ref BuddyBlockList one = ref i % 2 == 0 ? ref kept : ref freed;
            Assert.Equal(MmStatus.Ok, buddy.TryAllocate(Chunk, Chunk, BuddyFlags.None, ref one));
        }

        long before = buddy.MetadataBytes;
        buddy.Free(ref freed);
        Assert.InRange(buddy.MetadataBytes, before + ((1 << 20) / 8), before + ((1 << 20) / 4) + (1 << 16)); // two bits to a chunk
        Assert.Null(buddy.Validate());
        buddy.Free(ref kept);
        Assert.Null(buddy.Validate());
        Assert.Equal(Space, buddy.FreeBytes);
    }

    [Fact]
    public void TheDumpNamesEveryOrderWithBothStates()
    {
        BuddyAllocator buddy = new(16 * Chunk);
        BuddyBlockList list = default;
        Assert.Equal(MmStatus.Ok, buddy.TryAllocate(Chunk, Chunk, BuddyFlags.None, ref list));
        buddy.Free(ref list, isCleared: true);
        string[] lines = buddy.Dump().Split('\n');
        Assert.Equal(
            "buddy: chunk 4 KiB, size 64 KiB, free 64 KiB, cleared 4 KiB, largest run 64 KiB, live 0", lines[0]);
        Assert.StartsWith("order- 4 of", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("       1 dirty,        1 cleared", lines[5], StringComparison.Ordinal);
    }

    [Fact]
    public void TakingDownNamesEveryLeak()
    {
        BuddyAllocator buddy = new(16 * Chunk);
        BuddyBlockList list = default;
        Assert.Equal(MmStatus.Ok, buddy.TryAllocate(3 * Chunk, Chunk, BuddyFlags.None, ref list));
        string? report = buddy.TakeDown();
        Assert.Contains("[0xe000, 0x10000), order 1", report, StringComparison.Ordinal);
        Assert.Contains("leaked 2 blocks, 12288 bytes", report, StringComparison.Ordinal);
        Assert.False(buddy.IsLive(list.First));
        Assert.Throws<InvalidOperationException>(() => buddy.Free(ref list));
        BuddyBlockList none = default;
        Assert.Equal(MmStatus.InvalidArgument, buddy.TryAllocate(Chunk, Chunk, BuddyFlags.None, ref none));
    }

    private static void Churn(BuddyAllocator buddy, BuddyBlockList[] lists, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            ref BuddyBlockList list = ref lists[i * 7 % lists.Length];
            buddy.Free(ref list, isCleared: i % 3 == 0);
            ulong size = (ulong)((i * 13 % 31) + 1) * Chunk;
            BuddyFlags flags = (BuddyFlags)(i % 16) & ~BuddyFlags.Range;
            _ = buddy.TryAllocate(size, Chunk, flags, ref list);
        }
    }

    private static ulong StartOf(BuddyAllocator buddy, ulong chunks, BuddyFlags flags = BuddyFlags.None)
    {
        BuddyBlockList list = default;
        Assert.Equal(MmStatus.Ok, buddy.TryAllocate(chunks * Chunk, chunks * Chunk, flags, ref list));
        return buddy.GetInfo(list.First).Range.StartBytes;
    }

    private static List<int> Starts(BuddyAllocator buddy, BuddyBlockList list)
    {
        List<int> starts = [];
        foreach (BuddyBlockInfo info in buddy.Blocks(list))
        {
            starts.Add((int)(info.Range.StartBytes / Chunk));
        }

        return starts;
    }
}
