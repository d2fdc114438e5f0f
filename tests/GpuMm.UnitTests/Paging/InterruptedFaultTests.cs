using System.Threading;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Paging;

/// <summary>A signal ends what a fault waits for; the access can be repeated.</summary>
public sealed class InterruptedFaultTests
{
    [Fact]
    public void AWaitForTheReservationEndsAndTheAccessCanBeRepeated()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(2, Placement.Vram);
        VmArea area = texture.Map(test.Space);
        WaitInterrupt signal = new();
        using ManualResetEventSlim isHeld = new();
        using ManualResetEventSlim mayGo = new();
        Thread holder = new(() =>
        {
            texture.Reserve();
            isHeld.Set();
            mayGo.Wait();
            texture.Unreserve();
        });
        holder.Start();
        isHeld.Wait(TestContext.Current.CancellationToken);
        MmStatus status = MmStatus.Ok;
        Thread toucher = new(() => status = test.Space.Write(area.StartAddress, [1], signal));
        toucher.Start();
        signal.Interrupt();
        toucher.Join();
        Assert.Equal(MmStatus.Interrupted, status);
        Assert.False(test.Space.Translate(area.StartAddress).IsPresent);
        mayGo.Set();
        holder.Join();
        signal.Clear();
        Assert.Equal(MmStatus.Ok, test.Space.Write(area.StartAddress, [1], signal));
        test.Space.Unmap(area); // Nobody was left inside the address space.
        test.AssertValid();
    }

    [Fact]
    public void AWaitForACopyEndsAndTheAccessCanBeRepeated()
    {
        ManualDriver driver = new();
        using TestDevice test = new(driver: driver);
        BufferObject texture = test.Create(2, Placement.Vram);
        VmArea area = texture.Map(test.Space);
        Assert.Equal(MmStatus.Ok, test.Space.Write(area.StartAddress, [7]));
        Assert.Equal(MmStatus.Ok, test.Place(texture, Placement.Gtt));
        WaitInterrupt signal = new();
        signal.Interrupt();
        byte[] read = new byte[1];
        Assert.Equal(MmStatus.Interrupted, test.Space.Read(area.StartAddress, read, signal));
        Assert.False(texture.Reservation.IsLocked);
        Assert.Equal(1, test.Device.Statistics.FaultRetries);
        signal.Clear();
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress, read, signal));
        Assert.Equal(7, read[0]);
        test.AssertValid();
    }

    [Fact]
    public void AnAccessThatNeedNotWaitSucceedsWithTheSignalRaised()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(2, Placement.Vram);
        VmArea area = texture.Map(test.Space);
        WaitInterrupt signal = new();
        signal.Interrupt();
        Assert.Equal(MmStatus.Ok, test.Space.Write(area.StartAddress, [1], signal));
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress, new byte[1], signal));
    }

    [Fact]
    public void TheFlagAndTheSignalReachTheHandlerTogether()
    {
        using PagingBench bench = new();
        WaitInterrupt signal = new();
        bool isSet = false;
        VmArea area = bench.Map(new ScriptedOperations((ref VmFault fault) =>
        {
            isSet = (fault.Flags & VmFaultFlags.Interruptible) != 0 && ReferenceEquals(fault.Interrupt, signal);
            Assert.False(fault.CurrentPte.IsPresent);
            bench.Held.Lock();
            fault.InsertPte(new GpuMm.Backing.FrameIndex(0, 1), Caching.Cached, bench.Held);
            bench.Held.Unlock();
            Assert.True(fault.CurrentPte.IsPresent);
            return VmFaultResult.NoPage;
        }));
        Assert.Equal(MmStatus.Ok, bench.Space.Read(area.StartAddress, new byte[1], signal));
        Assert.True(isSet);
    }
}
