using System.Collections.Generic;
using System.Linq;
using GpuMm.Ranges;
using GpuMm.TestKit.Ranges;
using Xunit;

namespace GpuMm.PropertyTests.Ranges;

/// <summary>Every sequence of four operations on a space of eight units.</summary>
public sealed class SmallUniverseTests
{
    private const int Units = 8;
    private const int Length = 4;

    [Fact]
    public void EveryShortSequenceOnASmallBuddySpaceAgreesWithTheModel()
    {
        // 0-7: sizes 1-8; 8-10: one run of 3, 5, 6; 11, 12: the oldest freed dirty, cleared; 13, 14: the newest.
        foreach (int[] sequence in Sequences(15))
        {
            BuddyAllocator subject = new(Units * BuddyAllocator.MinChunkBytes);
            NaiveBuddyModel model = new(Units);
            List<(BuddyBlockList Subject, List<NaiveBuddyBlock> Model)> lists = [];
            foreach (int operation in sequence)
            {
                if (operation <= 10)
                {
                    int size = operation < 8 ? operation + 1 : operation == 8 ? 3 : operation - 4;
                    BuddyFlags flags = operation < 8 ? BuddyFlags.PreferCleared : BuddyFlags.Contiguous;
                    BuddyBlockList list = default;
                    ulong bytes = (ulong)size * BuddyAllocator.MinChunkBytes;
                    MmStatus status = subject.TryAllocate(bytes, BuddyAllocator.MinChunkBytes, flags, ref list);
                    Assert.Equal(model.TryAllocate(0, Units, size, 1, flags, out List<NaiveBuddyBlock> blocks), status);
                    Assert.Equal(blocks.Count, list.Count);
                    if (status == MmStatus.Ok)
                    {
                        lists.Add((list, blocks));
                    }
                }
                else if (lists.Count > 0)
                {
                    int at = operation < 13 ? 0 : lists.Count - 1;
                    BuddyBlockList list = lists[at].Subject;
                    subject.Free(ref list, isCleared: operation % 2 == 0);
                    model.Free(lists[at].Model, isCleared: operation % 2 == 0);
                    lists.RemoveAt(at);
                }

                Assert.Null(subject.Validate());
                Assert.Equal((ulong)model.ClearedChunks * BuddyAllocator.MinChunkBytes, subject.ClearedFreeBytes);
                foreach ((BuddyBlockList list, List<NaiveBuddyBlock> blocks) in lists)
                {
                    int i = 0;
                    foreach (BuddyBlockInfo info in subject.Blocks(list))
                    {
                        Assert.Equal((ulong)blocks[i].Start * BuddyAllocator.MinChunkBytes, info.Range.StartBytes);
                        Assert.Equal((blocks[i].Order, blocks[i++].IsCleared), (info.Order, info.IsCleared));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Units)] // dense
    public void EveryShortSequenceOnASmallBinSpaceAgreesWithTheModel(int expectedLiveCount)
    {
        // 0-7: sizes 1-8; 8-11: sizes 1-4 at multiples of 2 or 4; 12-14: one of the live blocks is freed.
        foreach (int[] sequence in Sequences(15))
        {
            BinAllocator subject = new(Units, 1, BinAllocator.MaxLiveLimit, expectedLiveCount);
            NaiveSpaceModel model = new(Units, int.MaxValue);
            List<(BinBlock Block, ulong Start)> live = [];
            foreach (int operation in sequence)
            {
                if (operation < 12)
                {
                    ulong size = operation < 8 ? (ulong)operation + 1 : (ulong)operation - 7;
                    ulong alignment = operation < 8 ? 1 : operation % 2 == 0 ? 2ul : 4ul;
                    MmStatus status = subject.TryAllocate(size, alignment, out BinBlock block, out ulong start);
                    Assert.Equal(model.StatusOf(size, alignment), status);
                    if (status == MmStatus.Ok)
                    {
                        Assert.True(model.TryPlace(start, size, alignment));
                        live.Add((block, start));
                    }
                }
                else if (live.Count > operation - 12)
                {
                    subject.Free(live[operation - 12].Block);
                    model.Taken.Remove(live[operation - 12].Start);
                    live.RemoveAt(operation - 12);
                }

                Assert.Null(subject.Validate());
                Assert.Equal(model.LargestFreeUnits, subject.LargestFreeBytes);
            }
        }
    }

    private static IEnumerable<int[]> Sequences(int operations)
    {
        int[] sequence = new int[Length];
        int count = Enumerable.Repeat(operations, Length).Aggregate(1, (product, factor) => product * factor);
        for (int code = 0; code < count; code++)
        {
            for (int i = 0, rest = code; i < Length; i++, rest /= operations)
            {
                sequence[i] = rest % operations;
            }

            yield return sequence;
        }
    }
}
