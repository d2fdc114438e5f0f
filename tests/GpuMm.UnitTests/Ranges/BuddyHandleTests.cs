using System;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.UnitTests.Ranges;

/// <summary>Misuse of names and lists is found out, whatever it is, and changes nothing.</summary>
public sealed class BuddyHandleTests
{
    private const ulong Chunk = 4096;

    private readonly BuddyAllocator _buddy = new(64 * Chunk);

    [Fact]
    public void FreeingTwiceThrowsAlsoWhenTheSlotIsUsedAgain()
    {
        BuddyBlock block = TakeOne();
        _buddy.Free(block);
        AssertThrowsAndKeeps("not live", () => _buddy.Free(block));
        TakeOne();
        AssertThrowsAndKeeps("not live", () => _buddy.Free(block));
        AssertThrowsAndKeeps("not live", () => _buddy.GetInfo(block));
    }

    [Fact]
    public void AForeignBlockAndNoBlockThrow()
    {
        BuddyAllocator other = new(64 * Chunk);
        BuddyBlock mine = TakeOne();
        AssertThrowsAndKeeps("another allocator", () => other.Free(mine));
        AssertThrowsAndKeeps("not live", () => _buddy.Free(default(BuddyBlock)));
        Assert.Equal(64 * Chunk, other.FreeBytes);
    }

    [Fact]
    public void ALinkedBlockIsNotFreedAlone()
    {
        BuddyBlockList list = TakeThree();
        AssertThrowsAndKeeps("linked", () => _buddy.Free(list.First));
        _buddy.Free(_buddy.TakeFirst(ref list));
        _buddy.Free(_buddy.TakeFirst(ref list));
        _buddy.Free(_buddy.TakeFirst(ref list));
        Assert.Equal(64 * Chunk, _buddy.FreeBytes);
    }

    [Fact]
    public void ACopyOfAListGoesStaleWhenTheListChanges()
    {
        BuddyBlockList list = TakeThree();
        BuddyBlockList copy = list;
        Assert.Equal(MmStatus.Ok, _buddy.TryAllocate(Chunk, Chunk, BuddyFlags.None, ref list));
        AssertThrowsAndKeeps("stale copy", () => _buddy.Free(ref copy));
        AssertThrowsAndKeeps("stale copy", () => _buddy.TryAllocate(Chunk, Chunk, BuddyFlags.None, ref copy));
        copy = list;
        BuddyBlock first = _buddy.TakeFirst(ref list);
        AssertThrowsAndKeeps("stale copy", () => _buddy.Free(ref copy));
        AssertThrowsAndKeeps("stale copy", () => _buddy.TakeFirst(ref copy));
        _buddy.Free(first);
        copy = list;
        _buddy.Free(ref list);
        AssertThrowsAndKeeps("not live", () => _buddy.Free(ref copy));
        Assert.Equal(64 * Chunk, _buddy.FreeBytes);
    }

    [Fact]
    public void ABlockIsAppendedOnlyWhenItIsInNoList()
    {
        BuddyBlockList list = TakeThree();
        BuddyBlock linked = list.First;
        BuddyBlockList other = TakeThree();
        AssertThrowsAndKeeps("linked", () => _buddy.Append(ref other, linked));
        BuddyBlock block = TakeOne();
        _buddy.Append(ref other, block);
        AssertThrowsAndKeeps("linked", () => _buddy.Append(ref other, block));
        AssertThrowsAndKeeps("not in this list", () => _buddy.Take(ref list, block));
        _buddy.Take(ref other, block);
        Assert.Equal(3, other.Count);
        BuddyBlockList one = default;
        _buddy.Append(ref one, block);
        AssertThrowsAndKeeps("linked", () => _buddy.Append(ref one, block));
        _buddy.AppendAll(ref list, ref other);
        _buddy.AppendAll(ref list, ref one);
        Assert.Equal(7, list.Count);
        Assert.Null(_buddy.Validate());
        BuddyBlockList same = list;
        AssertThrowsAndKeeps("stale copy", () => _buddy.AppendAll(ref list, ref same));
        _buddy.Free(ref list);
        Assert.Equal(64 * Chunk, _buddy.FreeBytes);
    }

    [Fact]
    public void AnyBlockCanBeTakenOutOfAList()
    {
        for (int at = 0; at < 3; at++)
        {
            BuddyBlockList list = TakeThree();
            BuddyBlock[] blocks = new BuddyBlock[3];
            int i = 0;
            foreach (BuddyBlockInfo info in _buddy.Blocks(list))
            {
                blocks[i++] = info.Block;
            }

            _buddy.Take(ref list, blocks[at]);
            Assert.Equal(2, list.Count);
            _buddy.Free(blocks[at]);
            Assert.Equal(MmStatus.Ok, _buddy.TryAllocate(Chunk, Chunk, BuddyFlags.None, ref list));
            Assert.Null(_buddy.Validate());
            _buddy.Free(ref list);
        }
    }

    [Fact]
    public void ASingleBlockMayBeFreedByNameAndItsListIsThenStale()
    {
        BuddyBlockList list = default;
        Assert.Equal(MmStatus.Ok, _buddy.TryAllocate(Chunk, Chunk, BuddyFlags.None, ref list));
        _buddy.Free(list.First, isCleared: true);
        Assert.Equal(Chunk, _buddy.ClearedFreeBytes);
        AssertThrowsAndKeeps("not live", () => _buddy.Free(ref list));
    }

    private BuddyBlock TakeOne()
    {
        BuddyBlockList list = default;
        Assert.Equal(MmStatus.Ok, _buddy.TryAllocate(Chunk, Chunk, BuddyFlags.None, ref list));
        return _buddy.TakeFirst(ref list);
    }

    private BuddyBlockList TakeThree()
    {
        BuddyBlockList list = default;
        Assert.Equal(MmStatus.Ok, _buddy.TryAllocate(7 * Chunk, Chunk, BuddyFlags.None, ref list));
        Assert.Equal(3, list.Count);
        return list;
    }

    private void AssertThrowsAndKeeps(string reason, Action misuse)
    {
        string before = _buddy.Dump();
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(misuse);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, _buddy.Dump());
        Assert.Null(_buddy.Validate());
    }
}
