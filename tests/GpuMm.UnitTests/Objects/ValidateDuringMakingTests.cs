using System;
using System.Threading;
using GpuMm.Diagnostics;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>A check beside a creation: an object that holds pages and is on no list yet is no violation.</summary>
public sealed class ValidateDuringMakingTests
{
    [Fact]
    public void PagesOfAnObjectThatIsBeingMadeAreNotMissed()
    {
        using TestDevice test = new();
        ValidationReport? report = null;
        test.Device.AddObserver(new Hook(DeviceEventKind.Validated, () =>
        {
            // The moment is held still, and another thread looks: it takes no event's lock.
            Thread other = new(() => report = test.Device.Validate());
            other.Start();
            other.Join();
        }));
        test.Create(4, Placement.Gtt);
        Assert.NotNull(report);
        Assert.Empty(report);
        Assert.False(report.IsComplete);
        Assert.True(test.Device.Validate().IsComplete);
    }

    private sealed class Hook(DeviceEventKind kind, Action act) : IDeviceObserver
    {
        public void OnEvent(in DeviceEvent occurred)
        {
            if (occurred.Kind == kind)
            {
                act();
            }
        }
    }
}
