using System;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.UnitTests.Ranges;

/// <summary>The check proves itself: each planted fault is found, for its own reason.</summary>
public sealed class RangeAllocatorFaultTests
{
    [Theory]
    [InlineData("overlap", "overlaps its neighbour")]
    [InlineData("lost flag", "wrong about a hole")]
    [InlineData("broken link", "the one before it")]
    [InlineData("wrong count", "number of nodes")]
    [InlineData("wrong total", "sum of used bytes")]
    [InlineData("lost hole", "size index finds")]
    [InlineData("stale address", "address index")]
    [InlineData("lost age", "recency index")]
    public void ValidateFindsAPlantedFault(string fault, string reason)
    {
        RangeAllocator mm = new(0, 1_000);
        mm.TryInsertAt(new ByteRange(0, 100), 0, out _);
        mm.TryInsertAt(new ByteRange(200, 100), 0, out _);
        mm.TryInsert(new RangeRequest(50), out _);
        mm.TryInsert(new RangeRequest(50, Mode: RangeMode.Evict), out _);
        mm.TryInsertAt(new ByteRange(500, 100), 0, out _);
        Assert.Null(mm.Validate());
        mm.PlantFault(fault);
        Assert.Contains(reason, mm.Validate(), StringComparison.Ordinal);
    }
}
