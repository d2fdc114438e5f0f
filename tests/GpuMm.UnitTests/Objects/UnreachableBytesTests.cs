using System.Diagnostics;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Bytes that are somebody else's, lost, without power or nowhere: no access takes the wrong ones for the right ones.</summary>
public sealed class UnreachableBytesTests
{
    [Fact]
    public void SomebodyElsesPagesAreABusErrorAtOnce()
    {
        using TestDevice test = new();
        OperationContext context = default;
        BufferObjectDescription imported = new(2 * 4096, "imported", BufferObjectKind.Sg);
        Assert.Equal(MmStatus.Ok, test.Device.TryCreate(imported, Placement.System, ref context, out BufferObject? target));
        VmArea area = target!.Map(test.Space);
        FenceContext jobs = new("job");
        target.Reserve();
        target.Reservation.AddFence(jobs.Issue(), FenceUsage.Kernel);
        target.Reservation.Unlock();
        Assert.Equal(MmStatus.BusError, test.Space.Read(area.StartAddress, new byte[1])); // Nobody signals the fence.
        Assert.False(target.Pages!.IsPopulated);
        jobs.SignalTo(1);
    }

    [Fact]
    public void PagesThatTheTableSaysAreThereAndAreNotAreOutOfMemory()
    {
        using TestDevice test = new(driver: new ImportingDriver());
        OperationContext context = default;
        BufferObjectDescription imported = new(2 * 4096, "imported", BufferObjectKind.Sg);
        Assert.Equal(MmStatus.Ok, test.Device.TryCreate(imported, Placement.System, ref context, out BufferObject? target));
        VmArea area = target!.Map(test.Space);
        Assert.Equal(MmStatus.OutOfMemory, test.Space.Read(area.StartAddress, new byte[1]));
    }

    [Fact]
    public void ASignalEndsAFaultThatMakesRoom()
    {
        using MemorySwapStore store = new();
        using GpuDevice device = new(
            new GpuDeviceOptions { SystemBytes = 64 * 4096, PageLimitBytes = 2 * 4096, Swap = store }, new ManualDriver());
        AddressSpace space = device.CreateAddressSpace();
        OperationContext context = default;
        Assert.Equal(MmStatus.Ok, device.TryCreate(new BufferObjectDescription(2 * 4096), Placement.Gtt, ref context, out BufferObject? other));
        Assert.Equal(MmStatus.Ok, device.TryCreate(new BufferObjectDescription(2 * 4096), Placement.System, ref context, out BufferObject? target));
        FenceContext jobs = new("job");
        other!.Reserve();
        other.Reservation.AddFence(jobs.Issue(), FenceUsage.Read);
        other.Reservation.Unlock();
        VmArea area = target!.Map(space);
        WaitInterrupt interrupt = new();
        interrupt.Interrupt();
        Assert.Equal(MmStatus.Interrupted, space.Read(area.StartAddress, new byte[1], interrupt));
        Assert.Equal(0ul, jobs.SignaledSeqno); // Nobody waited for it.
        interrupt.Clear();
        Assert.Equal(MmStatus.Ok, space.Read(area.StartAddress, new byte[1], interrupt));
        Assert.Equal(1ul, jobs.SignaledSeqno);
    }

    [Fact]
    public void ADebuggerFindsNothingInWhatIsLost()
    {
        using TestDevice test = new();
        BufferObject target = test.Create(2, Placement.Vram);
        VmArea area = target.Map(test.Space);
        Assert.Equal(MmStatus.Ok, test.Space.AccessRemote(area.StartAddress, new byte[1], AccessKind.Read));
        test.Device.Reset(losesMemory: true);
        Assert.Equal(MmStatus.BusError, test.Space.AccessRemote(area.StartAddress, new byte[1], AccessKind.Read));
        Assert.Equal(MmStatus.BusError, test.Space.AccessRemote(area.StartAddress, new byte[1], AccessKind.Write));
        target.Reserve();
        target.AcknowledgeLoss();
        target.Unreserve();
        Assert.Equal(MmStatus.Ok, test.Space.AccessRemote(area.StartAddress, new byte[1], AccessKind.Read));
    }

    [Fact]
    public void WhatADebuggerWritesIntoAnObjectThatIsNowhereStays()
    {
        using TestDevice test = new();
        BufferObject target = test.Create(2, Placement.Empty);
        VmArea area = target.Map(test.Space);
        Assert.Equal(MmStatus.Ok, test.Space.AccessRemote(area.StartAddress, [9], AccessKind.Write));
        Assert.Equal(MmStatus.Ok, test.Place(target, Placement.Vram));
        byte[] read = new byte[1];
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress, read));
        Assert.Equal(9, read[0]);
        test.AssertValid();
    }

    // What it imports the CPU may map, it says, but it has no pages to show.
    private sealed class ImportingDriver : InlineDriver
    {
        public override TranslationTable? CreateTable(BufferObject target, TranslationFlags flags)
        {
            Debug.Assert(flags == TranslationFlags.External, "It is imported.");
            return new TranslationTable(target.SizeBytes, target.Caching, flags | TranslationFlags.ExternalMappable);
        }
    }
}
