using System.Collections.Generic;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.ConformanceTests.Ranges;

/// <summary>The words that the buddy cases are told in: bytes, lists, "must" and "must not".</summary>
internal sealed class BuddySuite
{
    public const ulong K4 = 4096;
    public const ulong M1 = 1ul << 20;
    public const ulong G1 = 1ul << 30;

    public BuddySuite(ulong sizeBytes, ulong chunkBytes = K4)
    {
        Assert.Equal(MmStatus.Ok, BuddyAllocator.TryCreate(sizeBytes, chunkBytes, out BuddyAllocator? made));
        Buddy = made!;
    }

    public BuddyAllocator Buddy { get; }

    public void Must(ref BuddyBlockList list, ulong size, ulong min = K4, BuddyFlags flags = BuddyFlags.None) =>
        Assert.Equal(MmStatus.Ok, Buddy.TryAllocate(size, min, flags, ref list));

    public void MustIn(
        ref BuddyBlockList list,
        ulong start,
        ulong end,
        ulong size,
        ulong min = K4,
        BuddyFlags flags = BuddyFlags.None) =>
        Assert.Equal(MmStatus.Ok, Buddy.TryAllocate(start, end, size, min, flags, ref list));

    public void MustNot(ulong size, ulong min = K4, BuddyFlags flags = BuddyFlags.None) =>
        MustNotIn(0, Buddy.SizeBytes, size, min, flags);

    public MmStatus MustNotIn(ulong start, ulong end, ulong size, ulong min = K4, BuddyFlags flags = BuddyFlags.None)
    {
        string before = Buddy.Dump();
        BuddyBlockList list = default;
        MmStatus status = Buddy.TryAllocate(start, end, size, min, flags, ref list);
        Assert.NotEqual(MmStatus.Ok, status);
        Assert.Equal(0, list.Count);
        Assert.Equal(before, Buddy.Dump());
        return status;
    }

    public List<BuddyBlockInfo> Read(BuddyBlockList list)
    {
        List<BuddyBlockInfo> blocks = [];
        foreach (BuddyBlockInfo info in Buddy.Blocks(list))
        {
            blocks.Add(info);
        }

        return blocks;
    }

    /// <summary>Everything is given back: nothing leaks and the state is sound.</summary>
    public void Finish()
    {
        Assert.Null(Buddy.Validate());
        Assert.Equal(Buddy.SizeBytes, Buddy.FreeBytes);
        Assert.Null(Buddy.TakeDown());
    }
}
