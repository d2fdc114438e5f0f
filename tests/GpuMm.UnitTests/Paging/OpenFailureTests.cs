using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Paging;
using Xunit;

namespace GpuMm.UnitTests.Paging;

/// <summary>An owner that throws when an area begins leaves everything as it was.</summary>
public sealed class OpenFailureTests
{
    private const ulong Base = 0x4000_0000;

    [Fact]
    public void MappingLeavesNothingBehind()
    {
        using PagingBench bench = new();
        ThrowingOperations owner = new() { FailsAt = 1 };
        VmAreaDescription wish = new(new PageWindow(0, 4), VmProtection.ReadWrite);
        Assert.Throws<TimeoutException>(() => bench.Space.Map(bench.Mapping, owner, wish));
        Assert.Throws<TimeoutException>(() => bench.Space.Map(bench.Mapping, owner, wish with { FixedAddress = Base }));
        Assert.Equal((0, 0, 0), (bench.Space.AreaCount, bench.Mapping.AreaCount, owner.Closed));
        Assert.Null(bench.Space.FindArea(Base));

        // Not even the room: the next area begins where the first would have.
        owner.FailsAt = int.MaxValue;
        VmArea area = bench.Space.Map(bench.Mapping, owner, wish);
        bench.Space.Unmap(area);
        Assert.Equal(area.StartAddress, bench.Space.Map(bench.Mapping, owner, wish).StartAddress);
        Assert.Equal(new AddressSpace(bench.Memory).Map(bench.Mapping, new ThrowingOperations(), wish).StartAddress, area.StartAddress);
    }

    [Fact]
    public void WhatWasToBeReplacedIsStillThere()
    {
        using PagingBench bench = new();
        bench.NumberPages(8);
        bench.Map(0, 8, Base);
        ThrowingOperations owner = new() { FailsAt = 1 };
        VmAreaDescription wish = new(new PageWindow(0, 2), VmProtection.ReadWrite) { FixedAddress = Base + 8192, Replaces = true };
        Assert.Throws<TimeoutException>(() => bench.Space.Map(bench.Mapping, owner, wish));
        Assert.Equal((1, 1), (bench.Space.AreaCount, bench.Mapping.AreaCount));
        Assert.Equal(2, bench.Load(Base + 8192));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void AnAreaThatCannotBeSplitKeepsItsPages(int failsAt)
    {
        using PagingBench bench = new();
        bench.NumberPages(8);
        ThrowingOperations owner = new() { FailsAt = failsAt };
        bench.Space.Map(bench.Mapping, owner, new VmAreaDescription(new PageWindow(0, 8), VmProtection.ReadWrite) { FixedAddress = Base });
        Assert.Throws<TimeoutException>(() => bench.Space.Unmap(Base + 8192, 8192));
        Assert.Null(bench.Mapping.Validate());
        Assert.Equal(bench.Space.AreaCount, bench.Mapping.AreaCount);
        for (ulong page = 0; page < 8; page++)
        {
            Assert.Equal((byte)page, bench.Load(Base + (page * 4096)));
        }

        owner.FailsAt = int.MaxValue;
        Assert.Equal(MmStatus.Ok, bench.Space.Unmap(Base, 8 * 4096));
        Assert.Equal(owner.Opened, owner.Closed);
    }

    [Fact]
    public void ANewAreaIsClosedWhenWhatItReplacesCannotBeSplit()
    {
        using PagingBench bench = new();
        ThrowingOperations old = new() { FailsAt = 2 };
        ThrowingOperations fresh = new();
        VmAreaDescription whole = new(new PageWindow(0, 8), VmProtection.ReadWrite) { FixedAddress = Base };
        bench.Space.Map(bench.Mapping, old, whole);
        VmAreaDescription part = new(new PageWindow(0, 2), VmProtection.ReadWrite) { FixedAddress = Base + 8192, Replaces = true };
        Assert.Throws<TimeoutException>(() => bench.Space.Map(bench.Mapping, fresh, part));
        Assert.Equal((1, 1), (fresh.Opened, fresh.Closed));
        Assert.Equal((1, 1), (bench.Space.AreaCount, bench.Mapping.AreaCount));
    }

    [Fact]
    public void AWindowBeyondTheFileIsRefused()
    {
        using PagingBench bench = new();
        VmAreaDescription beyond = new(new PageWindow(PageWindow.MaxFilePages - 1, 2), VmProtection.Read);
        Assert.Throws<ArgumentOutOfRangeException>(() => bench.Space.Map(bench.Mapping, bench.Identity, beyond));
        bench.Map(0, 4, Base);
        Assert.Equal(MmStatus.InvalidArgument, bench.Space.RemapFilePages(Base, 8192, PageWindow.MaxFilePages - 1));
        Assert.Equal(MmStatus.InvalidArgument, bench.Space.RemapFilePages(Base, 4096, ulong.MaxValue));
        Assert.False(bench.Space.FindArea(Base)!.IsNonLinear);
    }

    private sealed class ThrowingOperations : IVmOperations
    {
        private readonly Reservation _held = new();
        private int _calls;

        /// <summary>The call of Open, from 1, that throws, and each after it.</summary>
        public int FailsAt { get; set; } = int.MaxValue;

        public int Opened { get; private set; }

        public int Closed { get; private set; }

        public void Open(VmArea area)
        {
            if (++_calls >= FailsAt)
            {
                throw new TimeoutException("The owner does not answer.");
            }

            Opened++;
        }

        public void Close(VmArea area) => Closed++;

        public VmFaultResult Fault(ref VmFault fault)
        {
            _held.Lock();
            fault.InsertPte(new FrameIndex(0, fault.FilePage), Caching.Cached, _held);
            _held.Unlock();
            return VmFaultResult.NoPage;
        }
    }
}
