using GpuMm.Ranges;
using Xunit;
using static GpuMm.ConformanceTests.Ranges.BuddySuite;

namespace GpuMm.ConformanceTests.Ranges;

/// <summary>What the kernel's own suite asks of the tracking of cleared blocks.</summary>
[Trait("upstream", "gpu_test_buddy_alloc_clear")]
public sealed class BuddyClearedTests
{
    private const int MaxOrder = 12;
    private const ulong Space = K4 << MaxOrder;
    private const ulong UnevenSpace = Space + (Space >> 2);

    [Fact]
    public void AllocClear_RequestsGetBlocksOfTheStateTheyAskFor()
    {
        BuddySuite suite = new(Space);
        Assert.Equal(MaxOrder, suite.Buddy.MaxOrder);
        BuddyBlockList dirty = default;
        BuddyBlockList clean = default;
        BuddyBlockList list = default;
        suite.Must(ref list, 5 * K4, flags: BuddyFlags.TopDown);
        suite.Buddy.Free(ref list, isCleared: true);
        for (int i = 0; i < 5; i++)
        {
            suite.Must(ref dirty, K4);
            suite.Must(ref clean, K4, flags: BuddyFlags.PreferCleared);
        }

        Assert.All(suite.Read(clean), block => Assert.True(block.IsCleared));
        Assert.All(suite.Read(dirty), block => Assert.False(block.IsCleared));
        suite.Buddy.Free(ref clean, isCleared: true);

        // More than is cleared: the rest comes dirty.
        suite.Must(ref clean, 10 * K4, flags: BuddyFlags.PreferCleared);
        suite.Buddy.Free(ref clean, isCleared: true);
        suite.Buddy.Free(ref dirty);
        suite.Finish();
    }

    [Fact]
    public void AllocClear_BuddiesOfDifferentStatesAreJoinedUnderNeedAndThenDirty()
    {
        BuddySuite suite = new(Space);
        BuddyBlockList dirty = default;
        BuddyBlockList clean = default;
        for (int i = 0; i < 1 << MaxOrder; i++)
        {
            suite.Must(ref i % 2 == 0 ? ref dirty : ref clean, K4);
        }

        suite.Buddy.Free(ref clean, isCleared: true);
        suite.Buddy.Free(ref dirty);
        Assert.Equal(Space / 2, suite.Buddy.ClearedFreeBytes);
        Assert.Equal(Space, suite.Buddy.LargestFreeBytes());
        for (int order = 1; order <= MaxOrder; order++)
        {
            ulong size = K4 << order;
            BuddyBlockList list = default;
            suite.Must(ref list, size, size, BuddyFlags.PreferCleared);
            Assert.Equal(size, suite.Buddy.SizeBytesOf(list));
            Assert.All(suite.Read(list), block => Assert.True(size == Space || !block.IsCleared));
            suite.Buddy.Free(ref list);
            Assert.Null(suite.Buddy.Validate());
        }

        suite.Finish();
    }

    [Fact]
    public void AllocClear_EveryRootIsWholeAgainAtTheEnd()
    {
        BuddySuite suite = new(UnevenSpace);
        Assert.Equal(MaxOrder, suite.Buddy.MaxOrder);
        BuddyBlockList list = default;
        suite.MustIn(ref list, 0, Space, 4 * K4, flags: BuddyFlags.Range);
        suite.Buddy.Free(ref list, isCleared: true);
        suite.MustIn(ref list, 0, Space, 2 * K4, flags: BuddyFlags.PreferCleared);
        suite.Buddy.Free(ref list, isCleared: true);
        suite.MustIn(ref list, Space, UnevenSpace, K4, flags: BuddyFlags.Range);
        suite.Buddy.Free(ref list, isCleared: true);
        suite.Finish();
    }

    [Fact]
    public void AllocClear_ResettingLabelsAndJoinsEverything()
    {
        BuddySuite suite = new(UnevenSpace);
        BuddyBlockList list = default;
        int pages = (int)(UnevenSpace / K4);
        for (int i = 0; i < pages; i += 2)
        {
            suite.Must(ref list, K4);
        }

        suite.Buddy.Free(ref list, isCleared: true);
        suite.Buddy.ResetCleared(isCleared: false);
        Assert.Equal(0ul, suite.Buddy.ClearedFreeBytes);
        Assert.Equal(1ul, suite.Buddy.FreeBlockCount(MaxOrder, isCleared: false));
        for (int i = 1; i < pages; i += 2)
        {
            suite.Must(ref list, K4);
        }

        suite.Buddy.Free(ref list, isCleared: true);
        suite.Buddy.ResetCleared(isCleared: true);
        Assert.Equal(UnevenSpace, suite.Buddy.ClearedFreeBytes);
        Assert.Equal(1ul, suite.Buddy.FreeBlockCount(MaxOrder, isCleared: true));
        suite.Finish();
    }
}
