using System;
using System.Collections.Generic;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Whatever fails, and whenever: the device stays valid, no byte is lost, the caller is told the right thing.</summary>
public sealed class FaultInjectionTests
{
    [Fact]
    public void EveryCallMayFailOnce()
    {
        FaultPlan counter = FaultPlan.CountOnly();
        using (FaultScenario all = new(counter))
        {
            all.Run();
            Assert.True(all.Problems.Count == 0, string.Join('\n', all.Problems));
        }

        Assert.InRange(counter.TotalHits, 200ul, 5000ul);
        foreach (FaultPoint point in Enum.GetValues<FaultPoint>())
        {
            // One thread never waits for a lock, and the device stays.
            Assert.Equal(point is FaultPoint.LockWait or FaultPoint.DummyPage, counter.Hits(point) == 0);
        }

        List<string> problems = [];
        for (ulong nth = 1; nth <= counter.TotalHits; nth++)
        {
            using FaultScenario one = new(FaultPlan.Nth(nth));
            one.Run();
            foreach (string problem in one.Problems)
            {
                problems.Add($"call {nth}: {problem}");
            }
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Fact]
    public void ChanceFailsTheSameCallsForTheSameSeed()
    {
        FaultPlan first = FaultPlan.Chance(0.5, 7);
        FaultPlan second = FaultPlan.Chance(0.5, 7);
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(first.Fails(FaultPoint.Move), second.Fails(FaultPoint.Move));
        }

        Assert.InRange(first.Injected, 20ul, 80ul);
    }

    [Fact]
    public void AScriptChoosesThePointAndTheCall()
    {
        using TestDevice test = new();
        test.Device.Faults = FaultPlan.Scripted(static (point, call) => point == FaultPoint.Move && call == 2);
        BufferObject target = test.Create(2, Placement.Vram);
        Assert.Equal(MmStatus.Interrupted, test.Place(target, Placement.Gtt));
        Assert.Equal(MemoryDomain.Vram, test.DomainOf(target));
        Assert.Equal(MmStatus.Ok, test.Place(target, Placement.Gtt));
        test.AssertValid();
    }

    [Fact]
    public void AnEvictionThatMayNotWaitAnswersTheInterruption()
    {
        using TestDevice test = new(driver: new ManualDriver());
        FenceContext jobs = new("job");
        using MemorySwapStore store = new();
        using GpuDevice device = new(new GpuDeviceOptions { SystemBytes = 1 << 20, Swap = store }, new ManualDriver());
        OperationContext context = default;
        Assert.Equal(
            MmStatus.Ok, device.TryCreate(new BufferObjectDescription(4096), Placement.Gtt, ref context, out BufferObject? target));
        target!.Reserve();
        target.Reservation.AddFence(jobs.Issue(), FenceUsage.Read);
        device.Faults = FaultPlan.Nth(1, FaultPoint.WaitFence);
        Assert.Equal(MmStatus.Interrupted, device.SwapOutObject(target, ref context));
        Assert.Equal(MmStatus.Ok, device.SwapOutObject(target, ref context));
        Assert.True(target.IsSwapped);
        target.Unreserve();
    }
}
