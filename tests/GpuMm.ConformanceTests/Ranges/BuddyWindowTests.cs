using System;
using System.Linq;
using GpuMm.Ranges;
using Xunit;
using static GpuMm.ConformanceTests.Ranges.BuddySuite;

namespace GpuMm.ConformanceTests.Ranges;

/// <summary>What the kernel's own suite asks of windows and exact ranges.</summary>
public sealed class BuddyWindowTests
{
    [Theory]
    [Trait("upstream", "gpu_test_buddy_alloc_range_bias")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void AllocRangeBias_NothingLeaksOutOfItsWindow(int seed)
    {
        Random random = new(seed);
        ulong bias = M1;
        ulong chunk = K4 << random.Next(9);
        BuddySuite suite = new((8 * M1 - 1) & ~(chunk - 1), chunk);
        BuddyBlockList all = default;
        int[] order = [.. Enumerable.Range(0, (int)(suite.Buddy.SizeBytes / bias))];
        random.Shuffle(order);
        foreach (int i in order)
        {
            ulong start = (ulong)i * bias;
            ulong end = start + bias;
            BuddyBlockList list = default;
            suite.MustNotIn(start, end, bias + chunk, bias, BuddyFlags.Range);
            suite.MustNotIn(start, end, bias + chunk, chunk, BuddyFlags.Range);
            suite.MustNotIn(start + chunk, end, bias, chunk, BuddyFlags.Range);
            suite.MustNotIn(start + chunk, end - chunk, bias / 2, bias / 2, BuddyFlags.Range);
            suite.MustIn(ref list, start, end, bias, bias, BuddyFlags.Range);
            suite.Buddy.Free(ref list);
            suite.MustIn(ref list, start, end, chunk, bias, BuddyFlags.Range);
            suite.Buddy.Free(ref list);

            ulong left = bias;
            ulong size = Draw(random, left, chunk);
            suite.MustIn(ref list, start, end, size, chunk, BuddyFlags.Range);
            Assert.All(suite.Read(list), block => Assert.True(block.Range.StartBytes >= start && block.Range.EndBytes <= end));
            left -= size;
            suite.MustNotIn(start, end, left + chunk, chunk, BuddyFlags.Range);
            if (left != 0)
            {
                suite.MustIn(ref all, start, end, Draw(random, left, chunk), chunk, BuddyFlags.Range);
                suite.Buddy.Free(ref list);
            }
            else
            {
                suite.Buddy.AppendAll(ref all, ref list);
            }
        }

        suite.Buddy.Free(ref all);
        suite.Finish();
    }

    [Theory]
    [Trait("upstream", "gpu_test_buddy_alloc_range_bias")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AllocRangeBias_AWindowThatGrowsIsFilledToTheLastChunk(int seed)
    {
        Random random = new(seed);
        ulong chunk = K4 << random.Next(9);
        BuddySuite suite = new((8 * M1 - 1) & ~(chunk - 1), chunk);
        ulong space = suite.Buddy.SizeBytes;
        ulong start = Draw(random, space - chunk, chunk) - chunk;
        ulong end = start + Draw(random, space - start, chunk);
        ulong left = end - start;
        BuddyBlockList list = default;
        while (left != 0)
        {
            ulong size = Draw(random, left, chunk);
            suite.MustIn(ref list, start, end, size, chunk, BuddyFlags.Range);
            left -= size;
            do
            {
                ulong down = start == 0 ? 0 : Draw(random, start, chunk);
                ulong up = end == space ? 0 : Draw(random, space - end, chunk);
                start -= down;
                end += up;
                left += down + up;
            }
            while (left == 0 && (start != 0 || end != space));
        }

        Assert.Equal(0ul, start);
        Assert.Equal(space, end);
        suite.MustNotIn(start, end, chunk, chunk, BuddyFlags.Range);
        suite.Buddy.Free(ref list);

        // Nothing is cleared: a request that prefers cleared blocks gets dirty ones.
        suite.MustIn(ref list, 0, space / 2 / chunk * chunk, chunk, chunk, BuddyFlags.Range | BuddyFlags.PreferCleared);
        Assert.All(suite.Read(list), block => Assert.False(block.IsCleared));
        suite.Buddy.Free(ref list);
        suite.Finish();
    }

    [Fact]
    [Trait("upstream", "gpu_test_buddy_alloc_range")]
    public void AllocRange_TheWholeSpaceAndItsQuartersAreExactRanges()
    {
        BuddySuite suite = new(16 * M1);
        BuddyBlockList list = default;
        suite.Must(ref list, 16 * M1);
        Assert.Equal(16 * M1, suite.Buddy.SizeBytesOf(list));
        Assert.Equal(0ul, suite.Buddy.FreeBytes);
        suite.MustNotIn(0, K4, K4);
        suite.Buddy.Free(ref list);
        for (ulong start = 0; start < 16 * M1; start += 4 * M1)
        {
            suite.MustIn(ref list, start, start + (4 * M1), 4 * M1);
        }

        Assert.Equal(0ul, suite.Buddy.FreeBytes);
        suite.Buddy.Free(ref list);
        foreach (ulong start in new[] { 0ul, 8 * M1, (16 * M1) - K4 })
        {
            suite.MustIn(ref list, start, start + K4, K4);
        }

        Assert.Equal(3 * K4, suite.Buddy.SizeBytesOf(list));
        suite.Buddy.Free(ref list);
        suite.Finish();
    }

    [Fact]
    [Trait("upstream", "gpu_test_buddy_alloc_range")]
    public void AllocRange_ExactRangesCrossRoots()
    {
        BuddySuite suite = new(7 * M1);
        Assert.Equal(3, suite.Buddy.RootCount);
        BuddyBlockList list = default;
        suite.MustIn(ref list, 0, 4 * M1, 4 * M1);
        suite.MustIn(ref list, 4 * M1, 6 * M1, 2 * M1);
        suite.MustIn(ref list, 6 * M1, 7 * M1, M1);
        Assert.Equal(0ul, suite.Buddy.FreeBytes);
        suite.Buddy.Free(ref list);
        suite.MustIn(ref list, 0, 7 * M1, 7 * M1);
        Assert.Equal(0ul, suite.Buddy.FreeBytes);
        suite.Buddy.Free(ref list);
        suite.Finish();
    }

    [Theory]
    [Trait("upstream", "gpu_test_buddy_alloc_range")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AllocRange_RandomSlicesInRandomOrderCoverTheSpace(int seed)
    {
        Random random = new(seed);
        BuddySuite suite = new(16 * M1);
        int pages = 4096;
        int[] cuts = [0, .. Enumerable.Range(0, 15).Select(_ => random.Next(1, pages)).Distinct().Order(), pages];
        int[] order = [.. Enumerable.Range(0, cuts.Length - 1)];
        random.Shuffle(order);
        BuddyBlockList list = default;
        foreach (int i in order)
        {
            suite.MustIn(ref list, (ulong)cuts[i] * K4, (ulong)cuts[i + 1] * K4, (ulong)(cuts[i + 1] - cuts[i]) * K4);
        }

        Assert.Equal(0ul, suite.Buddy.FreeBytes);
        suite.Buddy.Free(ref list);
        suite.Finish();
    }

    [Fact]
    [Trait("upstream", "gpu_test_buddy_alloc_range")]
    public void AllocRange_APartThatIsTakenFailsTheWhole()
    {
        BuddySuite suite = new(16 * M1);
        BuddyBlockList list = default;
        suite.MustIn(ref list, 0, 8 * M1, 8 * M1);
        Assert.Equal(MmStatus.Overlap, suite.MustNotIn(0, 16 * M1, 16 * M1));
        Assert.Equal(MmStatus.Overlap, suite.MustNotIn(0, 8 * M1, 8 * M1));
        suite.MustIn(ref list, 8 * M1, 16 * M1, 8 * M1);
        suite.Buddy.Free(ref list);
        suite.Finish();

        suite = new BuddySuite(16 * K4);
        for (ulong start = 0; start < 16 * K4; start += 2 * K4)
        {
            suite.MustIn(ref list, start, start + K4, K4);
        }

        Assert.Equal(MmStatus.Overlap, suite.MustNotIn(0, 2 * K4, 2 * K4));
        suite.MustIn(ref list, K4, 2 * K4, K4);
        suite.Buddy.Free(ref list);
        suite.Finish();
    }

    [Fact]
    [Trait("upstream", "gpu_test_buddy_alloc_range")]
    public void AllocRange_MisalignedAndOutsideRangesAreInvalid()
    {
        BuddySuite suite = new(16 * M1);
        Assert.Equal(MmStatus.InvalidArgument, suite.MustNotIn(K4 / 2, (K4 / 2) + K4, K4));
        Assert.Equal(MmStatus.InvalidArgument, suite.MustNotIn(0, K4 + 1, K4 + 1));
        Assert.Equal(MmStatus.InvalidArgument, suite.MustNotIn(16 * M1, (16 * M1) + K4, K4));
        suite.Finish();
    }

    [Fact]
    [Trait("upstream", "gpu_test_buddy_alloc_range")]
    public void AllocRange_TheSameRangeCanBeTakenAgainAndOtherOrdersBesideIt()
    {
        BuddySuite suite = new(16 * M1);
        BuddyBlockList list = default;
        for (int i = 0; i < 5; i++)
        {
            suite.MustIn(ref list, 4 * M1, 6 * M1, 2 * M1);
            Assert.All(suite.Read(list), block => Assert.InRange(block.Range.StartBytes, 4 * M1, (6 * M1) - K4));
            suite.Buddy.Free(ref list);
        }

        Assert.Equal(16 * M1, suite.Buddy.FreeBytes);
        foreach (ulong size in new[] { K4, 16 * K4, M1, 4 * M1 })
        {
            ulong start = size == K4 ? 0 : size;
            suite.MustIn(ref list, start, start + size, size);
        }

        Assert.Equal(K4 + (16 * K4) + (5 * M1), suite.Buddy.SizeBytesOf(list));
        suite.Buddy.Free(ref list);
        suite.Finish();
    }

    private static ulong Draw(Random random, ulong below, ulong chunk) =>
        Math.Max(chunk, ((ulong)random.NextInt64((long)below) + chunk - 1) & ~(chunk - 1));
}
