using GpuMm.Ranges;
using Xunit;

namespace GpuMm.UnitTests.Ranges;

public sealed class BuddyTrimTests
{
    private const ulong Chunk = 4096;

    private readonly BuddyAllocator _buddy = new(64 * Chunk);

    [Theory]
    [InlineData(0ul, null)] // nothing
    [InlineData(4095ul, null)]
    [InlineData(4097ul, null)]
    [InlineData(9 * Chunk, null)] // larger than the block
    [InlineData(Chunk, 55 * Chunk)] // before the block
    [InlineData(Chunk, 64 * Chunk)] // behind it
    [InlineData(2 * Chunk, 63 * Chunk)] // over its end
    [InlineData(Chunk, (56 * Chunk) + 1)] // no chunk
    [InlineData(Chunk, ulong.MaxValue - Chunk + 1)]
    public void ATrimOutOfShapeIsInvalidAndLeavesTheBlock(ulong newSize, ulong? start)
    {
        BuddyBlockList list = TakeEight();
        BuddyBlock block = list.First;
        MmStatus status = start is ulong at ? _buddy.TryTrim(at, newSize, ref list) : _buddy.TryTrim(newSize, ref list);
        Assert.Equal(MmStatus.InvalidArgument, status);
        Assert.True(_buddy.IsLive(block));
        Assert.Equal(8 * Chunk, _buddy.SizeBytesOf(list));
    }

    [Fact]
    public void OnlyAListOfOneLiveBlockIsTrimmed()
    {
        BuddyBlockList list = default;
        Assert.Equal(MmStatus.InvalidArgument, _buddy.TryTrim(Chunk, ref list));
        list = TakeEight();
        BuddyBlockList copy = list;
        Assert.Equal(MmStatus.Ok, _buddy.TryAllocate(Chunk, Chunk, BuddyFlags.None, ref list));
        Assert.Equal(MmStatus.InvalidArgument, _buddy.TryTrim(Chunk, ref list)); // two blocks
        Assert.Equal(MmStatus.InvalidArgument, _buddy.TryTrim(Chunk, ref copy)); // not alone any more
        _buddy.Free(ref list);
        Assert.Equal(MmStatus.InvalidArgument, _buddy.TryTrim(Chunk, ref copy)); // freed
    }

    [Fact]
    public void TrimmingToTheOwnSizeKeepsTheName()
    {
        BuddyBlockList list = TakeEight();
        BuddyBlock block = list.First;
        Assert.Equal(MmStatus.Ok, _buddy.TryTrim(8 * Chunk, ref list));
        Assert.Equal(block, list.First);
        Assert.True(_buddy.IsLive(block));
    }

    [Fact]
    public void TrimmingKeepsEveryRunOfABlockAtEveryPlace()
    {
        for (ulong start = 56; start < 64; start++)
        {
            for (ulong size = 1; size <= 64 - start && size < 8; size++)
            {
                BuddyBlockList list = TakeEight();
                BuddyBlock block = list.First;
                Assert.Equal(MmStatus.Ok, _buddy.TryTrim(start * Chunk, size * Chunk, ref list));
                Assert.False(_buddy.IsLive(block));
                Assert.Null(_buddy.Validate());
                Assert.Equal((64 - size) * Chunk, _buddy.FreeBytes);
                ulong at = start * Chunk;
                foreach (BuddyBlockInfo info in _buddy.Blocks(list))
                {
                    Assert.Equal(at, info.Range.StartBytes);
                    at = info.Range.EndBytes;
                }

                Assert.Equal((start + size) * Chunk, at);
                _buddy.Free(ref list);
                Assert.Equal(1ul, _buddy.FreeBlockCount(6, isCleared: false));
            }
        }
    }

    [Fact]
    public void WhatATrimGivesBackKeepsItsState()
    {
        _buddy.ResetCleared(isCleared: true);
        BuddyBlockList list = default;
        Assert.Equal(MmStatus.Ok, _buddy.TryAllocate(8 * Chunk, 8 * Chunk, BuddyFlags.PreferCleared, ref list));
        Assert.Equal(MmStatus.Ok, _buddy.TryTrim(57 * Chunk, 3 * Chunk, ref list));
        Assert.Equal(61 * Chunk, _buddy.ClearedFreeBytes);
        foreach (BuddyBlockInfo info in _buddy.Blocks(list))
        {
            Assert.True(info.IsCleared);
        }
    }

    private BuddyBlockList TakeEight()
    {
        BuddyBlockList list = default;
        Assert.Equal(MmStatus.Ok, _buddy.TryAllocate(8 * Chunk, 8 * Chunk, BuddyFlags.None, ref list));
        return list;
    }
}
