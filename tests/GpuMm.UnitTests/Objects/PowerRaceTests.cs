using System;
using System.Threading;
using GpuMm.Objects;
using GpuMm.Paging;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Others go on while a device is suspended, and afterwards: nothing that they see or leave behind is silently wrong.</summary>
public sealed class PowerRaceTests : IDisposable
{
    private readonly MemorySwapStore _store = new();
    private readonly HookDriver _driver = new();
    private readonly GpuDevice _device;
    private readonly AddressSpace _space;

    public PowerRaceTests()
    {
        _device = new GpuDevice(new GpuDeviceOptions { VramBytes = 1 << 20, SystemBytes = 1 << 20, Swap = _store }, _driver);
        _space = _device.CreateAddressSpace();
    }

    public void Dispose()
    {
        _device.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void WhatIsSavedAlreadyTakesNoWriteThatWouldBeLost()
    {
        VmArea pinned = Filled(1, isPinned: true, out BufferObject saved);
        VmArea mover = Filled(2, isPinned: false, out _);
        VmArea later = Filled(3, isPinned: false, out BufferObject touched);
        VmArea unmapped = touched.Map(_space);
        MmStatus write = MmStatus.Ok;
        MmStatus debugger = MmStatus.Ok;
        byte seen = 0;
        _driver.OnMove = request =>
        {
            if (request.From?.Domain == MemoryDomain.Vram && !ReferenceEquals(request.Target, touched))
            {
                _driver.OnMove = null; // Half-way: the pinned one was saved, the last one's turn has not come.
                Thread other = new(() =>
                {
                    write = _space.Write(pinned.StartAddress, [9]);
                    debugger = _space.AccessRemote(pinned.StartAddress, [9], AccessKind.Write);
                    seen = First(unmapped);
                });
                other.Start();
                other.Join();
                Assert.Equal(MemoryDomain.Gtt, touched.Resource!.Domain);
            }
        };
        OperationContext context = default;
        Assert.Equal(MmStatus.Ok, _device.Suspend(ref context));
        Assert.Equal(MmStatus.BusError, write);
        Assert.Equal(MmStatus.BusError, debugger);
        Assert.Equal(3, seen);
        Assert.Equal(0, _device.Resume());
        Assert.Equal([1, 2, 3], [First(pinned), First(mover), First(later)]);
        Assert.Equal(MemoryDomain.Vram, saved.Resource!.Domain);
        Assert.Empty(_device.Validate());
    }

    [Fact]
    public void WhatIsWithoutPowerIsNotMovedUntilItHasItAgain()
    {
        VmArea area = Filled(4, isPinned: true, out BufferObject target);
        OperationContext context = default;
        Assert.Equal(MmStatus.Ok, _device.Suspend(ref context));
        Assert.Equal(MmStatus.BusError, _space.AccessRemote(area.StartAddress, new byte[1], AccessKind.Read));
        target.Reserve();
        target.Unpin();
        Assert.Equal(MmStatus.Busy, target.Validate(Placement.System, ref context));
        target.Unreserve();
        Assert.Equal(0ul, _device.EvictAhead(MemoryDomain.Vram, 4096, ref context));
        Assert.Equal(MemoryDomain.Vram, target.Resource!.Domain);
        Assert.Equal(0, _device.Resume());
        target.Reserve();
        Assert.Equal(MmStatus.Ok, target.Validate(Placement.System, ref context));
        target.Unreserve();
        Assert.Equal(4, First(area));
        Assert.Empty(_device.Validate());
    }

    [Fact]
    public void AnObjectThatIsBeingMadeMeanwhileIsMovedOutToo()
    {
        BufferObject? made = null;
        using ManualResetEventSlim isPlaced = new();
        using ManualResetEventSlim mayGoOn = new();
        _driver.OnMove = request =>
        {
            if (request.From is null && request.To.Domain == MemoryDomain.Vram)
            {
                isPlaced.Set();
                mayGoOn.Wait(TestContext.Current.CancellationToken);
            }
        };
        Thread maker = new(() =>
        {
            OperationContext own = default;
            _device.TryCreate(new BufferObjectDescription(4096, "made"), Placement.Vram, ref own, out made);
        });
        maker.Start();
        isPlaced.Wait(TestContext.Current.CancellationToken);
        MmStatus status = MmStatus.Busy;
        Thread suspender = new(() =>
        {
            OperationContext own = default;
            status = _device.Suspend(ref own);
        });
        suspender.Start();
        SpinWait.SpinUntil(() => !_device.Manager(MemoryDomain.Vram).IsUsed && (suspender.ThreadState & ThreadState.WaitSleepJoin) != 0);
        mayGoOn.Set();
        maker.Join();
        suspender.Join();
        Assert.Equal(MmStatus.Ok, status);
        Assert.Equal(MemoryDomain.Gtt, made!.Resource!.Domain);
        Assert.Equal(0ul, _device.Manager(MemoryDomain.Vram).UsedBytes);
        Assert.Empty(_device.Validate());
    }

    [Fact]
    public void WhoLookedBeforeGetsNothingOfADomainThatIsOutOfUse()
    {
        OperationContext context = default;
        Assert.Equal(MmStatus.Ok, _device.TryCreate(new BufferObjectDescription(4096), Placement.Empty, ref context, out BufferObject? target));
        ResourceManager vram = _device.Manager(MemoryDomain.Vram);
        vram.IsUsed = false;
        target!.Reserve();
        Assert.Equal(MmStatus.NoSpace, vram.TryAllocate(target, new Place(MemoryDomain.Vram), noWaitGpu: false, out Resource? none));
        Assert.Null(none);
        target.Unreserve();
        Assert.Equal(0ul, vram.UsedBytes);
    }

    [Fact]
    public void ASuspendThatFailsLetsEverybodyGoOn()
    {
        VmArea pinned = Filled(5, isPinned: true, out _);
        Filled(6, isPinned: false, out BufferObject other);
        _device.Manager(MemoryDomain.Gtt).IsUsed = false;
        _device.Manager(MemoryDomain.System).IsUsed = false;
        OperationContext context = default;
        Assert.Equal(MmStatus.OutOfMemory, _device.Suspend(ref context));
        Assert.Equal(MmStatus.Ok, _space.Write(pinned.StartAddress, [7]));
        Assert.Equal(7, First(pinned));
        Assert.Equal(MemoryDomain.Vram, other.Resource!.Domain);
        Assert.Equal(0, _store.PageCount);
        Assert.Empty(_device.Validate());
    }

    private VmArea Filled(byte value, bool isPinned, out BufferObject made)
    {
        OperationContext context = default;
        _device.TryCreate(new BufferObjectDescription(4096, $"bo{value}"), Placement.Vram, ref context, out BufferObject? created);
        made = created!;
        VmArea area = made.Map(_space);
        Assert.Equal(MmStatus.Ok, _space.Write(area.StartAddress, [value]));
        if (isPinned)
        {
            made.Reserve();
            made.Pin();
            made.Unreserve();
        }

        return area;
    }

    private byte First(VmArea area)
    {
        byte[] one = new byte[1];
        Assert.Equal(MmStatus.Ok, _space.Read(area.StartAddress, one));
        return one[0];
    }

    private sealed class HookDriver : InlineDriver
    {
        public Action<MoveRequest>? OnMove { get; set; }

        public override MoveResult Move(in MoveRequest request)
        {
            OnMove?.Invoke(request);
            return base.Move(request);
        }
    }
}
