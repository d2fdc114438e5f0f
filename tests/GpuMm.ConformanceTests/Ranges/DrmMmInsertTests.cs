using System;
using GpuMm.Primitives;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.ConformanceTests.Ranges;

/// <summary>igt_insert, igt_replace, igt_insert_range, igt_topdown, igt_bottomup.</summary>
public sealed class DrmMmInsertTests
{
    private const int Count = 512;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void IgtInsertAndReplace_AFullRangeIsContinuousAndAFreedPlaceIsTheOnlyOne(bool replace)
    {
        foreach (int n in DrmMm.Primes(54))
        {
            Insert(1ul << n, replace);
            Insert((1ul << n) + 1, replace);
            Insert(Math.Max(1, (1ul << n) - 1), replace);
        }
    }

    [Fact]
    public void IgtInsertRange_AWindowIsFilledAndNothingBesideIt()
    {
        foreach (int n in DrmMm.Primes(50))
        {
            ulong size = 1ul << n;
            ulong max = Count * size;
            InsertRange(size, 0, max);
            InsertRange(size, 1, max);
            InsertRange(size, 0, max - 1);
            InsertRange(size, 0, max / 2);
            InsertRange(size, max / 2, max);
            InsertRange(size, (max / 4) + 1, (3 * max / 4) - 1);
        }
    }

    [Fact]
    public void IgtInsertRange_AWindowOutsideTheRangeHasNoSpace()
    {
        foreach (RangeMode mode in DrmMm.Modes)
        {
            const ulong Start = 1_024;
            const ulong Size = 2_048;
            RangeAllocator mm = new(Start, Size);
            DrmMm.InsertFails(mm, 1, start: 0, end: Start, mode: mode);
            DrmMm.InsertFails(mm, Size, start: Start - (Size / 2), end: Start + ((Size + 1) / 2), mode: mode);
            DrmMm.InsertFails(mm, Size, start: Start + ((Size + 1) / 2), end: Start + Size + (Size / 2), mode: mode);
            DrmMm.InsertFails(mm, 1, start: Start + Size, end: Start + Size + Size, mode: mode);
        }
    }

    [Fact]
    public void IgtTopdown_NodesComeFromTheTopAndAFreedPlaceIsTakenFromTheTop() => OneWay(RangeMode.High);

    [Fact]
    public void IgtBottomup_NodesComeFromTheBottomAndAFreedPlaceIsTakenFromTheBottom() => OneWay(RangeMode.Low);

    private static void Insert(ulong size, bool replace)
    {
        foreach (RangeMode mode in DrmMm.Modes)
        {
            Prng random = new(size);
            RangeAllocator mm = new(0, Count * size);
            RangeHandle[] nodes = new RangeHandle[Count];
            for (int i = 0; i < Count; i++)
            {
                nodes[i] = InsertOrReplace(mm, size, mode, replace);
            }

            DrmMm.AssertContinuous(mm, size);
            DrmMm.AssertNoHoles(mm);
            DrmMm.InsertFails(mm, size, mode: mode);
            foreach (int i in DrmMm.RandomOrder(Count, random))
            {
                ByteRange place = mm.GetRange(nodes[i]);
                mm.Remove(nodes[i]);
                nodes[i] = InsertOrReplace(mm, size, mode, replace);
                Assert.Equal(place, mm.GetRange(nodes[i]));
            }

            int[] order = DrmMm.RandomOrder(Count, random);
            foreach (int prime in new[] { 2, 31, 127, 509 })
            {
                for (int i = 0; i < prime; i++)
                {
                    mm.Remove(nodes[order[i]]);
                }

                for (int i = 0; i < prime; i++)
                {
                    nodes[order[i]] = InsertOrReplace(mm, size, mode, replace);
                }

                DrmMm.AssertContinuous(mm, size);
                DrmMm.InsertFails(mm, size, mode: mode);
            }

            Assert.Null(mm.Validate());
        }
    }

    private static RangeHandle InsertOrReplace(RangeAllocator mm, ulong size, RangeMode mode, bool replace)
    {
        RangeHandle first = DrmMm.Insert(mm, size, 0, size, mode: mode);
        if (!replace)
        {
            return first;
        }

        RangeNode before = mm.GetNode(first);
        RangeHandle second = mm.Replace(first);
        Assert.False(mm.Contains(first));
        Assert.Throws<InvalidOperationException>(() => mm.Remove(first));
        Assert.Equal(before with { Handle = second }, mm.GetNode(second));
        return second;
    }

    private static void InsertRange(ulong size, ulong start, ulong end)
    {
        foreach (RangeMode mode in DrmMm.Modes)
        {
            RangeAllocator mm = new(0, Count * size);
            int expected = 0;
            ulong position = start;
            while (end - position >= size)
            {
                DrmMm.Insert(mm, size, 0, 0, start, end, mode);
                expected++;
                position += size;
            }

            DrmMm.InsertFails(mm, size, 0, start, end, mode);
            Assert.Equal(expected, mm.NodeCount);
            foreach (RangeNode node in mm.Nodes())
            {
                Assert.True(node.Range.StartBytes >= start && node.Range.EndBytes <= end, "No node leaves the window.");
            }

            Assert.Null(mm.Validate());
        }
    }

    private static void OneWay(RangeMode mode)
    {
        foreach (ulong size in new ulong[] { 1, 2, 4_096, (1ul << 40) + 1 })
        {
            Prng random = new(size);
            ulong total = Count * size;
            RangeAllocator mm = new(0, total);
            RangeHandle[] nodes = new RangeHandle[Count];
            for (uint i = 0; i < Count; i++)
            {
                nodes[i] = DrmMm.Insert(mm, size, mode: mode);
                ulong place = mode == RangeMode.High ? total - ((i + 1) * size) : i * size;
                Assert.Equal(place, mm.GetRange(nodes[i]).StartBytes);
                Assert.Equal(mode == RangeMode.Low && i + 1 < Count, mm.HoleFollows(nodes[i]));
            }

            int[] order = DrmMm.RandomOrder(Count, random);
            for (int i = 0; i < Count / 2; i++)
            {
                mm.Remove(nodes[order[i]]);
            }

            ulong? last = null;
            for (int i = 0; i < Count / 2; i++)
            {
                ulong place = mm.GetRange(DrmMm.Insert(mm, size, mode: mode)).StartBytes;
                Assert.True(last is null || (mode == RangeMode.High ? place < last : place > last));
                last = place;
            }

            DrmMm.AssertContinuous(mm, size);
        }
    }
}
