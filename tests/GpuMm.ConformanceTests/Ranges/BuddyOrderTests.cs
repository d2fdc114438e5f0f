using System.Collections.Generic;
using System.Linq;
using GpuMm.Ranges;
using Xunit;
using static GpuMm.ConformanceTests.Ranges.BuddySuite;

namespace GpuMm.ConformanceTests.Ranges;

/// <summary>What the kernel's own suite asks of a buddy space: orders, limits, contiguous runs.</summary>
public sealed class BuddyOrderTests
{
    [Fact]
    [Trait("upstream", "gpu_test_buddy_alloc_limit")]
    public void AllocLimit_TheLargestSpaceGivesItsLargestBlockWhole()
    {
        BuddySuite suite = new(ulong.MaxValue);
        Assert.Equal(BuddyAllocator.OrderLimit, suite.Buddy.MaxOrder);
        ulong size = K4 << suite.Buddy.MaxOrder;
        BuddyBlockList list = default;
        suite.MustIn(ref list, 0, size, size);
        BuddyBlockInfo block = Assert.Single(suite.Read(list));
        Assert.Equal(suite.Buddy.MaxOrder, block.Order);
        Assert.Equal(size, block.Range.SizeBytes);
        suite.Buddy.Free(ref list);
        suite.Finish();
    }

    [Fact]
    [Trait("upstream", "gpu_test_buddy_alloc_optimistic")]
    public void AllocOptimistic_OneBlockOfEachOrderFillsASpaceOfThatShape()
    {
        int maxOrder = 16;
        BuddySuite suite = new(K4 * ((1ul << (maxOrder + 1)) - 1));
        Assert.Equal(maxOrder, suite.Buddy.MaxOrder);
        BuddyBlockList list = default;
        for (int order = 0; order <= maxOrder; order++)
        {
            suite.Must(ref list, K4 << order, K4 << order);
        }

        Assert.Equal(maxOrder + 1, list.Count);
        suite.MustNot(K4);
        suite.Buddy.Free(ref list);
        suite.Finish();
    }

    [Fact]
    [Trait("upstream", "gpu_test_buddy_alloc_pessimistic")]
    public void AllocPessimistic_OneOfEachOrderLeavesOnePageAndFreeingGrowsAgain()
    {
        int maxOrder = 16;
        BuddySuite suite = new(K4 << maxOrder);
        List<BuddyBlock> blocks = [];
        BuddyBlockList list = default;
        for (int order = 0; order < maxOrder; order++)
        {
            suite.Must(ref list, K4 << order, K4 << order);
            blocks.Add(suite.Buddy.TakeFirst(ref list));
        }

        suite.Must(ref list, K4);
        blocks.Add(suite.Buddy.TakeFirst(ref list));
        for (int order = maxOrder - 1; order >= 0; order--)
        {
            suite.MustNot(K4 << order, K4 << order);
        }

        suite.Buddy.Free(blocks[^1]);
        for (int order = 0; order < maxOrder; order++)
        {
            suite.Buddy.Free(blocks[order]);
            suite.Must(ref list, K4 << (order + 1), K4 << (order + 1));
            suite.Buddy.Free(suite.Buddy.TakeFirst(ref list));
        }

        suite.Must(ref list, K4 << maxOrder, K4 << maxOrder);
        suite.Buddy.Free(ref list);
        suite.Finish();
    }

    [Fact]
    [Trait("upstream", "gpu_test_buddy_alloc_pathological")]
    public void AllocPathological_HalfTheSpaceInSinglePagesServesNothingLarger()
    {
        int maxOrder = 3;
        BuddySuite suite = new(K4 << maxOrder);
        Queue<BuddyBlock> blocks = new();
        BuddyBlockList holes = default;
        BuddyBlockList list = default;
        for (int top = maxOrder; top > 0; top--)
        {
            if (blocks.TryDequeue(out BuddyBlock largest))
            {
                suite.Buddy.Free(largest);
            }

            for (int order = top - 1; order >= 0; order--)
            {
                suite.Must(ref list, K4 << order, K4 << order);
                blocks.Enqueue(suite.Buddy.TakeFirst(ref list));
            }

            suite.Must(ref holes, K4);
            suite.MustNot(K4 << top, K4 << top);
        }

        suite.Buddy.Free(ref holes);
        for (int order = 1; order <= maxOrder; order++)
        {
            suite.MustNot(K4 << order, K4 << order);
        }

        foreach (BuddyBlock block in blocks)
        {
            suite.Buddy.Free(block);
        }

        suite.Finish();
    }

    [Fact]
    [Trait("upstream", "gpu_test_buddy_alloc_contiguous")]
    public void AllocContiguous_RunsThatAreNoBuddiesAreFound()
    {
        BuddySuite suite = new(16 * 3 * K4);
        BuddyBlockList[] thirds = new BuddyBlockList[3];
        for (int i = 0; i < 48; i++)
        {
            suite.Must(ref thirds[i % 3], K4);
        }

        suite.MustNot(3 * K4, flags: BuddyFlags.Contiguous);
        suite.Buddy.Free(ref thirds[1]);
        suite.MustNot(3 * K4, flags: BuddyFlags.Contiguous);
        suite.MustNot(2 * K4, flags: BuddyFlags.Contiguous);
        suite.Buddy.Free(ref thirds[2]);
        suite.MustNot(3 * K4, flags: BuddyFlags.Contiguous);
        BuddyBlockList list = default;
        suite.Must(ref list, 2 * K4, flags: BuddyFlags.Contiguous);
        suite.Buddy.Free(ref thirds[0]);
        suite.Must(ref list, 3 * K4, flags: BuddyFlags.Contiguous);
        Assert.Equal(5 * K4, suite.Buddy.SizeBytesOf(list));
        suite.Buddy.Free(ref list);
        suite.Finish();
    }

    [Fact]
    [Trait("upstream", "gpu_test_buddy_alloc_exceeds_max_order")]
    public void AllocExceedsMaxOrder_OnlyAContiguousRequestMaySpanRoots()
    {
        BuddySuite suite = new(10 * G1);
        ulong size = 9 * G1;
        BuddyBlockList list = default;
        suite.Must(ref list, size, flags: BuddyFlags.Contiguous);
        List<BuddyBlockInfo> blocks = suite.Read(list);
        Assert.Equal(size, suite.Buddy.SizeBytesOf(list));
        Assert.All(blocks.Skip(1).Zip(blocks), pair => Assert.Equal(pair.Second.Range.EndBytes, pair.First.Range.StartBytes));
        suite.Buddy.Free(ref list);
        ulong end = suite.Buddy.SizeBytes;
        Assert.Equal(MmStatus.InvalidArgument, suite.MustNotIn(0, end, size, 8 * G1));
        Assert.Equal(MmStatus.InvalidArgument, suite.MustNotIn(0, end, size, 8 * G1, BuddyFlags.Range));
        BuddyFlags both = BuddyFlags.Contiguous | BuddyFlags.Range;
        Assert.Equal(MmStatus.InvalidArgument, suite.MustNotIn(0, end, size, K4, both));
        suite.Finish();
    }

    [Fact]
    [Trait("upstream", "gpu_test_buddy_offset_aligned_allocation")]
    public void OffsetAlignedAllocation_SmallBlocksSitAtLargeMultiplesWithoutRounding()
    {
        ulong align = 256 * 1024;
        BuddySuite suite = new(4 * M1);
        int count = (int)(4 * M1 / align);
        BuddyBlockList list = default;
        foreach (ulong size in new[] { 2 * K4, 4 * K4 })
        {
            suite.Buddy.Free(ref list);
            for (int i = 0; i < count; i++)
            {
                suite.Must(ref list, size, align);
            }

            Assert.All(suite.Read(list), block => Assert.Equal(size, block.Range.SizeBytes));
            Assert.All(suite.Read(list), block => Assert.Equal(0ul, block.Range.StartBytes % align));
        }

        BuddyBlockList kept = default;
        BuddyBlockList freed = default;
        for (int i = 0; i < count; i++)
        {
            suite.Buddy.Append(ref i % 2 == 0 ? ref freed : ref kept, suite.Buddy.TakeFirst(ref list));
        }

        suite.Buddy.Free(ref freed);
        for (int i = 0; i < count / 2; i++)
        {
            suite.Must(ref kept, 4 * K4, align);
        }

        suite.MustNot(4 * K4, align);
        suite.Buddy.Free(ref kept);
        suite.Finish();
    }

    [Fact]
    [Trait("upstream", "gpu_test_buddy_subtree_offset_alignment_stress")]
    public void SubtreeOffsetAlignmentStress_EachAlignmentIsUsedUpBeforeTheNext()
    {
        BuddySuite suite = new(2 * M1);
        BuddyBlockList[] lists = new BuddyBlockList[8];
        for (int i = 0; i < lists.Length; i++)
        {
            ulong align = M1 >> i;
            while (suite.Buddy.TryAllocate(K4, align, BuddyFlags.None, ref lists[i]) == MmStatus.Ok)
            {
                Assert.Null(suite.Buddy.Validate());
            }

            // Two multiples of 1 MiB, and from then on the odd multiples of each smaller power.
            Assert.Equal(i == 0 ? 2 : 1 << i, lists[i].Count);
            Assert.All(suite.Read(lists[i]), block => Assert.Equal(0ul, block.Range.StartBytes % align));
        }

        for (int i = lists.Length - 1; i >= 0; i--)
        {
            suite.Buddy.Free(ref lists[i]);
            BuddyBlockList again = default;
            suite.Must(ref again, K4, M1 >> i);
            suite.Buddy.Free(ref again);
        }

        suite.Finish();
    }

    [Fact]
    [Trait("upstream", "gpu_test_buddy_fragmentation_performance")]
    public void FragmentationPerformance_SixtyFourKibAlignedHolesServeAndMergeAgain()
    {
        ulong k64 = 64 * 1024;
        BuddySuite suite = new(4 * G1);
        int count = (int)(4 * G1 / k64);
        BuddyBlockList cleared = default;
        BuddyBlockList dirty = default;
        BuddyBlockList list = default;
        for (int i = 0; i < count; i++)
        {
            suite.Must(ref i % 4 is 0 or 3 ? ref cleared : ref dirty, 2 * K4, k64);
        }

        suite.MustNot(2 * K4, k64);
        suite.Buddy.Free(ref cleared, isCleared: true);
        suite.Buddy.Free(ref dirty);
        for (int i = 0; i < count; i++)
        {
            suite.Must(ref list, k64, k64);
        }

        Assert.Equal(0ul, suite.Buddy.FreeBytes);
        suite.Buddy.Free(ref list);
        suite.Finish();

        suite = new BuddySuite(4 * G1);
        BuddyBlock[] kept = new BuddyBlock[count];
        for (int i = 0; i < count; i++)
        {
            suite.Must(ref list, 2 * K4, k64);
            kept[i] = suite.Buddy.TakeFirst(ref list);
        }

        for (int i = 0; i < count; i += 2)
        {
            suite.Buddy.Free(kept[i], isCleared: true);
        }

        for (int i = count - 1; i > 0; i -= 2)
        {
            suite.Buddy.Free(kept[i], isCleared: true);
        }

        suite.Finish();
    }
}
