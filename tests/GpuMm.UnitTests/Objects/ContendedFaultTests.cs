using System;
using System.Threading;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>
/// A fault that must make room and finds it held: what others hold for a moment is waited for, what no wait brings is SIGBUS.
/// </summary>
public sealed class ContendedFaultTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // Nothing of the video memory is visible, and the way out of it leads through an aperture that one object fills.
    private readonly TestDevice _test = new(vramPages: 8, aperturePages: 4, visiblePages: 0, driver: new HopDriver());
    private readonly Trace _trace = new();
    private readonly AddressSpace _space;
    private readonly BufferObject _target;
    private readonly BufferObject _filler;
    private readonly VmArea _area;

    public ContendedFaultTests()
    {
        _space = _test.Device.CreateAddressSpace(new AddressSpaceOptions { Trace = _trace });
        _target = _test.Create(4, Placement.Vram, "target");
        _filler = _test.Create(4, Placement.Gtt, "filler");
        _area = _target.Map(_space);
    }

    public void Dispose() => _test.Dispose();

    [Fact]
    public void RoomThatIsHeldIsWaitedForWithoutAnyLock()
    {
        _filler.Reserve();
        MmStatus answered = MmStatus.InvalidArgument;
        Thread toucher = new(() =>
        {
            answered = _space.Write(_area.StartAddress, [7]);
            _trace.Waiting.Set(); // Also when it did not wait: then the test goes on, and fails.
        });
        toucher.Start();
        Assert.True(_trace.Waiting.Wait(s_patience, TestContext.Current.CancellationToken));
        Assert.Equal(MmStatus.InvalidArgument, answered); // No answer yet.

        // The one that waits keeps neither its object nor the address space from others.
        Assert.Equal(MmStatus.Ok, _target.Reserve());
        _target.Reservation.Unlock();
        VmArea other = Elsewhere(() => _filler.Map(_space));
        _filler.Unreserve();
        Assert.True(toucher.Join(s_patience));
        Assert.Equal(MmStatus.Ok, answered);
        Assert.Equal(MemoryDomain.Gtt, _test.DomainOf(_target));
        Assert.Equal(MemoryDomain.System, _test.DomainOf(_filler));
        _space.Unmap(other);
        _test.AssertValid();
    }

    [Fact]
    public void RoomThatIsPinnedIsABusError()
    {
        _filler.Reserve();
        _filler.Pin();
        _filler.Unreserve();
        Assert.Equal(MmStatus.BusError, _space.Write(_area.StartAddress, [7]));
        Assert.Equal(MemoryDomain.Vram, _test.DomainOf(_target));
        _test.AssertValid();
    }

    [Fact]
    public void WhoMayNotWaitIsToldSo()
    {
        _filler.Reserve();
        Assert.Equal(MmStatus.Busy, Elsewhere(() => _space.TryFault(_area.StartAddress, AccessKind.Read)));
        _filler.Unreserve();
        Assert.Equal(MmStatus.Ok, _space.TryFault(_area.StartAddress, AccessKind.Read));
    }

    [Fact]
    public void ASignalEndsTheWait()
    {
        WaitInterrupt interrupt = new();
        _filler.Reserve();
        MmStatus answered = MmStatus.Ok;
        Thread toucher = new(() => answered = _space.Write(_area.StartAddress, [7], interrupt));
        toucher.Start();
        Assert.True(_trace.Waiting.Wait(s_patience, TestContext.Current.CancellationToken));
        interrupt.Interrupt();
        Assert.True(toucher.Join(s_patience));
        Assert.Equal(MmStatus.Interrupted, answered);
        _filler.Unreserve();
        _test.AssertValid();
    }

    // Whoever waited for a lock of his own would find it free at once, and room never.
    [Fact]
    public void WhatTheFaultItselfHoldsIsNotWaitedFor()
    {
        Reservation shared = new();
        shared.Lock();
        OperationContext context = default;
        BufferObjectDescription description = new(4 * 4096, "pair", SharedReservation: shared);
        Assert.Equal(MmStatus.Ok, _test.Device.TryCreate(description, Placement.Vram, ref context, out BufferObject? unseen));
        _filler.Release();
        Assert.Equal(MmStatus.Ok, _test.Device.TryCreate(description, Placement.Gtt, ref context, out BufferObject? inTheWay));
        shared.Unlock();
        VmArea area = unseen!.Map(_space);
        Assert.Equal(MmStatus.BusError, _space.Write(area.StartAddress, [7]));
        Assert.Equal(MemoryDomain.Gtt, _test.DomainOf(inTheWay!));
    }

    [Fact]
    public void AFailureSaysWhetherItIsOneOfTheMoment()
    {
        OperationContext context = default;
        _filler.Reserve();
        _target.Reserve();
        Assert.Equal(MmStatus.OutOfMemory, _target.Validate(Placement.Gtt, ref context));
        Assert.True(context.IsContended);
        _filler.Pin();
        _filler.Reservation.Unlock();
        Assert.Equal(MmStatus.OutOfMemory, _target.Validate(Placement.Gtt, ref context));
        Assert.False(context.IsContended);
        _target.Unreserve();
    }

    // What comes from the swap store cannot be evicted until it is there, and no search meets it.
    [Fact]
    public void WhoIsMovingInFromTheSwapStoreIsOneToWaitFor()
    {
        using MemorySwapStore store = new();
        MoveHook hook = new();
        using GpuDevice device = new(
            new GpuDeviceOptions { VramBytes = 32 << 10, ApertureBytes = 16 << 10, SystemBytes = 1 << 20, Swap = store }, hook);
        OperationContext context = default;
        device.TryCreate(new BufferObjectDescription(16 << 10, "swapped"), Placement.Gtt, ref context, out BufferObject? swapped);
        device.TryCreate(new BufferObjectDescription(16 << 10, "asks"), Placement.Vram, ref context, out BufferObject? asks);
        Assert.Equal(4ul, device.SwapOut(4, ref context));
        MmStatus status = MmStatus.Ok;
        OperationContext asking = default;
        hook.OnMove = () =>
        {
            asks!.Reserve();
            status = asks.Validate(Placement.Gtt, ref asking);
            asks.Unreserve();
        };
        swapped!.Reserve();
        Assert.Equal(MmStatus.Ok, swapped.Validate(Placement.Gtt, ref context));
        swapped.Unreserve();
        Assert.Equal(MmStatus.OutOfMemory, status);
        Assert.True(asking.IsContended);
        Assert.Empty(device.Validate());
    }

    // An address space is locked before a reservation, so whoever holds one lets another thread do it.
    private static TResult Elsewhere<TResult>(Func<TResult> act)
    {
        TResult? result = default;
        Thread other = new(() => result = act());
        other.Start();
        Assert.True(other.Join(s_patience));
        return result!;
    }

    private sealed class MoveHook : InlineDriver
    {
        public Action? OnMove { get; set; }

        public override MoveResult Move(in MoveRequest request)
        {
            Action? act = OnMove;
            OnMove = null;
            act?.Invoke();
            return base.Move(request);
        }
    }

    private sealed class Trace : IFaultTrace
    {
        public ManualResetEventSlim Waiting { get; } = new();

        public void OnStep(FaultStep taken, ulong value)
        {
            if (taken == FaultStep.SpaceLockDropped)
            {
                Waiting.Set();
            }
        }
    }
}
