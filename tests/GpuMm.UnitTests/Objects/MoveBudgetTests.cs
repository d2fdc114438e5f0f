using GpuMm.Objects;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>The submission throttle: 1 GB/s in these tests, so a nanosecond is a byte.</summary>
public sealed class MoveBudgetTests
{
    private const ulong Total = 1ul << 30;

    [Fact]
    public void TimePaysInUpToTheCapAndMovesTakeOut()
    {
        MoveBudget budget = new(1_000_000_000, capNs: 1000);
        Assert.Equal(0ul, budget.AvailableBytes(0, 0, Total));
        Assert.Equal(400ul, budget.AvailableBytes(400, 0, Total));
        Assert.Equal(1000ul, budget.AvailableBytes(5000, 0, Total));
        budget.Charge(1500);
        Assert.Equal(0ul, budget.AvailableBytes(5000, 0, Total));
        Assert.Equal(0ul, budget.AvailableBytes(5500, 0, Total));
        Assert.Equal(100ul, budget.AvailableBytes(5600, 0, Total));
    }

    [Fact]
    public void PlentyOfFreeMemoryIsAlwaysUsed()
    {
        MoveBudget budget = new(1_000_000_000, capNs: 1000);
        Assert.Equal(Total / 32, budget.AvailableBytes(0, Total / 8, Total));
        budget.Charge(1ul << 40);
        Assert.Equal(MoveBudget.PlentyBytes / 4, budget.AvailableBytes(0, MoveBudget.PlentyBytes, 1ul << 40));
    }

    [Fact]
    public void AnEmptyBudgetLeavesObjectsWhereTheyMayBe()
    {
        Assert.Same(Placement.Vram, MoveBudget.Choose(10, 9, Placement.Vram, Placement.VramThenGtt));
        Assert.Same(Placement.VramThenGtt, MoveBudget.Choose(10, 10, Placement.Vram, Placement.VramThenGtt));
        Assert.Same(Placement.VramThenGtt, MoveBudget.Choose(0, 0, Placement.Vram, Placement.VramThenGtt));
    }
}
