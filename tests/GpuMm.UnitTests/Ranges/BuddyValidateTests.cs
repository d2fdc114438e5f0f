using System;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.UnitTests.Ranges;

/// <summary>Damage done on purpose is found, and named.</summary>
public sealed class BuddyValidateTests
{
    private const ulong Chunk = 4096;

    private readonly BuddyAllocator _buddy = new(16 * Chunk);

    public BuddyValidateTests()
    {
        BuddyBlockList list = default;
        Assert.Equal(MmStatus.Ok, _buddy.TryAllocate(2 * Chunk, 2 * Chunk, BuddyFlags.None, ref list)); // chunks 14 and 15
        Assert.Null(_buddy.Validate());
    }

    [Fact]
    public void ABlockBothTakenAndFreeIsFound()
    {
        _buddy.PlantFreeBlock(order: 0, index: 14);
        Assert.Contains("both taken and free", _buddy.Validate(), StringComparison.Ordinal);
    }

    [Fact]
    public void ALostBlockIsFound()
    {
        _buddy.PlantLostBlock(order: 2, index: 2);
        Assert.Contains("neither taken nor free", _buddy.Validate(), StringComparison.Ordinal);
    }

    [Fact]
    public void AWrongCountOfClearedSpaceIsFound()
    {
        _buddy.PlantStateChange(order: 2, index: 2);
        Assert.Contains("counted cleared", _buddy.Validate(), StringComparison.Ordinal);
    }

    [Fact]
    public void ABlockInsideAFreeBlockIsFound()
    {
        _buddy.PlantFreeBlock(order: 0, index: 3);
        Assert.NotNull(_buddy.Validate());
    }
}
