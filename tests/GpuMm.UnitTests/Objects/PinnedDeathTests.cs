using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>An object that dies pinned, while the GPU still uses it.</summary>
public sealed class PinnedDeathTests
{
    [Fact]
    public void WithItsLastReferenceItsPinsGoAndNothingIsWrong()
    {
        using TestDevice test = new();
        FenceContext ring = new("ring");
        BufferObject target = test.Create(4, Placement.Vram);
        target.Reserve();
        target.Pin();
        target.Reservation.ReserveFences(1);
        target.Reservation.AddFence(ring.Issue(), FenceUsage.Bookkeep);
        target.Unreserve();
        target.Release();
        Assert.Equal(1, test.Device.ObjectCount);
        test.AssertValid();
        ring.SignalTo(1);
        test.Device.Reap();
        Assert.Equal(0, test.Device.ObjectCount);
        test.AssertValid();
    }
}
