using System;
using System.IO;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>System pages to a file and back, whole or in part; the pool and the table of the aperture beside them.</summary>
public sealed class SwapTests
{
    [Fact]
    public void BytesComeBackFromARealFile()
    {
        string path = Path.Combine(Path.GetTempPath(), $"gpumm-{Guid.NewGuid():n}.swap");
        using (FileSwapStore store = new(path))
        {
            using GpuDevice device = Device(store);
            AddressSpace space = device.CreateAddressSpace();
            BufferObject target = Create(device, 8);
            VmArea area = target.Map(space);
            byte[] bytes = new byte[area.SizeBytes];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = unchecked((byte)(i * 7 / 5));
            }

            Assert.Equal(MmStatus.Ok, space.Write(area.StartAddress, bytes));
            OperationContext context = default;
            for (int round = 0; round < 3; round++)
            {
                Assert.Equal(8ul, device.SwapOut(1, ref context));
                Assert.Equal(0ul, device.SystemPagesUsedBytes);
                byte[] read = new byte[bytes.Length];
                Assert.Equal(MmStatus.Ok, space.Read(area.StartAddress, read));
                Assert.Equal(bytes, read);
            }

            Assert.Equal(3 * 8 * 4096, new FileInfo(path).Length * 3); // Freed slots are used again.
            Assert.Empty(device.Validate());
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public void APartialBackupGoesOnWhereItStopped()
    {
        using MemorySwapStore store = new(limitPages: 5);
        using GpuDevice device = Device(store);
        BufferObject small = Create(device, 3);
        BufferObject large = Create(device, 4);
        OperationContext context = default;
        Assert.Equal(5ul, device.SwapOut(7, ref context)); // Three pages of one, two of the other: its first two stay.
        Assert.Equal(5, store.PageCount);
        Assert.Equal(2ul * 4096, device.SystemPagesUsedBytes);
        Assert.True(large.Pages!.HasBackup);
        Assert.Equal(2ul, large.Pages.ResidentPages);
        Assert.False(large.Pages.IsPopulated);
        small.Release();
        large.Reserve();
        Assert.Equal(MmStatus.Ok, device.SwapOutObject(large, ref context));
        Assert.Equal(MmStatus.Busy, device.SwapOutObject(large, ref context));
        large.Unreserve();
        Assert.Equal(4, store.PageCount);
        Assert.Empty(device.Validate());
    }

    [Fact]
    public void WhatWasWrittenIsFreeAtOnceAndComesBackInParts()
    {
        using MemorySwapStore store = new(limitPages: 700);
        GpuDeviceOptions options = new() { VramBytes = 1 << 20, SystemBytes = 2048 * 4096, ApertureBytes = 2048 * 4096, Swap = store, ChecksContents = true };
        using GpuDevice device = new(options, new InlineDriver());
        AddressSpace space = device.CreateAddressSpace();
        BufferObject target = Create(device, 1536);
        VmArea area = target.Map(space);
        byte[] bytes = new byte[area.SizeBytes];
        new Random(5).NextBytes(bytes);
        space.Write(area.StartAddress, bytes);
        OperationContext context = default;
        Assert.Equal(700ul, device.SwapOut(1536, ref context));
        Assert.Equal((1536ul - 700) * 4096, device.SystemPagesUsedBytes);
        Assert.Equal(700, store.PageCount);
        Assert.True(target.Pages!.NeedsRestore);
        Assert.False(target.IsSwapped);
        Assert.Empty(device.Validate());

        // Reading fails in the middle: what came back stays, and the next attempt goes on from there.
        device.Faults = FaultPlan.Nth(200, FaultPoint.SwapRead);
        byte[] read = new byte[bytes.Length];
        Assert.NotEqual(MmStatus.Ok, Attempt(device, target));
        Assert.Equal((1536ul - 700 + 192) * 4096, device.SystemPagesUsedBytes);
        Assert.Equal(700 - 192, store.PageCount);
        Assert.Empty(device.Validate());
        Assert.Equal(MmStatus.Ok, space.Read(area.StartAddress, read));
        Assert.Equal(bytes, read);
        Assert.Equal(0, store.PageCount);
        Assert.True(device.Validate() is { Count: 0, IsComplete: true });
    }

    [Fact]
    public void APartlySwappedObjectCanMoveAndDie()
    {
        using MemorySwapStore store = new(limitPages: 600);
        using GpuDevice device = new(
            new GpuDeviceOptions { VramBytes = 8 << 20, SystemBytes = 2048 * 4096, ApertureBytes = 2048 * 4096, Swap = store, ChecksContents = true },
            new InlineDriver());
        BufferObject moves = Create(device, 1024);
        BufferObject dies = Create(device, 1024);
        OperationContext context = default;
        dies.Reserve();
        Assert.Equal(MmStatus.NoSpace, device.SwapOutObject(dies, ref context));
        dies.Unreserve();
        Assert.True(dies.Pages!.NeedsRestore);
        dies.Release();
        Assert.Equal(0, store.PageCount);
        moves.Reserve();
        Assert.Equal(MmStatus.NoSpace, device.SwapOutObject(moves, ref context));
        Assert.Equal(MmStatus.Ok, moves.Validate(Placement.Vram, ref context));
        moves.Unreserve();
        Assert.Equal(0, store.PageCount);
        Assert.Equal(0ul, device.SystemPagesUsedBytes);
        Assert.True(device.Validate() is { Count: 0, IsComplete: true });
    }

    [Fact]
    public void TouchingAnObjectThrowsItsPartialBackupAway()
    {
        using MemorySwapStore store = new(limitPages: 1);
        using GpuDevice device = Device(store);
        AddressSpace space = device.CreateAddressSpace();
        BufferObject target = Create(device, 2);
        VmArea area = target.Map(space);
        OperationContext context = default;
        Assert.Equal(1ul, device.SwapOut(2, ref context));
        Assert.Equal(1, store.PageCount);
        Assert.Equal(MmStatus.Ok, space.Write(area.StartAddress, [9]));
        Assert.Equal(0, store.PageCount);
        byte[] read = new byte[1];
        space.Read(area.StartAddress, read);
        Assert.Equal(9, read[0]);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(1ul << 20)]
    public void WhereverWritingFailsEachPageWrittenIsFreeAndTheNextAttemptGoesOn(ulong poolBytes)
    {
        const ulong PageCount = 13; // Its run is parted into 8, 4 and 1, or is of those chunks from the pool.
        for (ulong failing = 1; failing <= PageCount; failing++)
        {
            using MemorySwapStore store = new();
            GpuDeviceOptions options = new()
            {
                VramBytes = 1 << 20,
                SystemBytes = 1 << 20,
                Swap = store,
                ChecksContents = true,
                PagePoolBytes = poolBytes,
            };
            using GpuDevice device = new(options, new InlineDriver());
            AddressSpace space = device.CreateAddressSpace();
            OperationContext context = default;
            BufferObjectDescription description = new(PageCount * 4096, "bo", Caching: Caching.WriteCombined);
            device.TryCreate(description, Placement.System, ref context, out BufferObject? made);
            VmArea area = made!.Map(space);
            byte[] bytes = new byte[area.SizeBytes];
            new Random((int)failing).NextBytes(bytes);
            Assert.Equal(MmStatus.Ok, space.Write(area.StartAddress, bytes));

            device.Faults = FaultPlan.Nth(failing, FaultPoint.SwapWrite);
            made.Reserve();
            Assert.Equal(MmStatus.NoSpace, device.SwapOutObject(made, ref context));
            Assert.Equal((long)failing - 1, store.PageCount);
            Assert.Equal((PageCount - (failing - 1)) * 4096, device.SystemPagesUsedBytes);
            Assert.False(made.IsSwapped);
            made.Unreserve();
            Assert.True(device.Validate() is { Count: 0, IsComplete: true });
            made.Reserve();
            Assert.Equal(MmStatus.Ok, device.SwapOutObject(made, ref context));
            made.Unreserve();
            Assert.True(made.IsSwapped);
            Assert.Equal((long)PageCount, store.PageCount);
            Assert.Equal(0ul, device.SystemPagesUsedBytes);

            byte[] read = new byte[bytes.Length];
            Assert.Equal(MmStatus.Ok, space.Read(area.StartAddress, read));
            Assert.Equal(bytes, read);
            Assert.True(device.Validate() is { Count: 0, IsComplete: true });
        }
    }

    [Fact]
    public void ASignalEndsWritingAndReadingInTheMiddleAndNothingIsLost()
    {
        using InterruptingStore store = new();
        using GpuDevice device = Device(store);
        AddressSpace space = device.CreateAddressSpace();
        BufferObject target = Create(device, 200);
        VmArea area = target.Map(space);
        byte[] bytes = new byte[area.SizeBytes];
        new Random(3).NextBytes(bytes);
        Assert.Equal(MmStatus.Ok, space.Write(area.StartAddress, bytes));
        OperationContext context = new() { Interrupt = store.Signal };
        store.CallsUntilSignal = 50;
        target.Reserve();
        Assert.Equal(MmStatus.Interrupted, device.SwapOutObject(target, ref context));
        Assert.Equal(50, store.PageCount);
        Assert.Equal(150ul * 4096, device.SystemPagesUsedBytes);
        store.Signal.Clear();
        Assert.Equal(MmStatus.Ok, device.SwapOutObject(target, ref context));
        store.CallsUntilSignal = 100;
        Assert.Equal(MmStatus.Interrupted, device.Populate(target, clear: true, ref context));
        Assert.Equal(128ul * 4096, device.SystemPagesUsedBytes); // Two pieces of 64: one is not left half-way.
        store.Signal.Clear();
        target.Unreserve();
        byte[] read = new byte[bytes.Length];
        Assert.Equal(MmStatus.Ok, space.Read(area.StartAddress, read));
        Assert.Equal(bytes, read);
        Assert.True(device.Validate() is { Count: 0, IsComplete: true });
    }

    [Fact]
    public void WithoutAStoreTheLimitIsAnError()
    {
        using GpuDevice device = new(new GpuDeviceOptions { SystemBytes = 1 << 20, PageLimitBytes = 4 * 4096 }, new InlineDriver());
        Create(device, 3);
        OperationContext context = default;
        Assert.Equal(
            MmStatus.OutOfMemory, device.TryCreate(new BufferObjectDescription(2 * 4096), Placement.Gtt, ref context, out _));
        context.ForceAllocate = true;
        Assert.Equal(MmStatus.Ok, device.TryCreate(new BufferObjectDescription(2 * 4096), Placement.Gtt, ref context, out _));
        Assert.Empty(device.Validate());
    }

    [Theory]
    [InlineData(true, 0, 3)] // The limit of pages below 4 GiB alone
    [InlineData(true, 2, 2)] // The lesser of both
    [InlineData(true, 5, 3)]
    [InlineData(false, 0, 8)] // Without such pages it says nothing
    [InlineData(false, 2, 2)]
    public void PagesBelow4GiBHaveALimitOfTheirOwn(bool usesDma32, int limitPages, int expectedPages)
    {
        using GpuDevice device = new(
            new GpuDeviceOptions
            {
                SystemBytes = 8 * 4096,
                ApertureBytes = 64 * 4096,
                PagePoolBytes = 4096,
                PoolUsesDma32 = usesDma32,
                Dma32LimitBytes = 3 * 4096,
                PageLimitBytes = limitPages == 0 ? null : (ulong)limitPages * 4096,
            },
            new InlineDriver());
        int made = 0;
        MmStatus status = MmStatus.Ok;
        while (status == MmStatus.Ok)
        {
            OperationContext context = default;
            status = device.TryCreate(new BufferObjectDescription(4096), Placement.Gtt, ref context, out BufferObject? one);
            made += one is null ? 0 : 1;
        }

        Assert.Equal(MmStatus.OutOfMemory, status);
        Assert.Equal(expectedPages, made);
        Assert.True(device.Validate() is { Count: 0, IsComplete: true });
    }

    [Fact]
    public void OverTheLimitOfPagesBelow4GiBOthersAreSwappedOut()
    {
        using MemorySwapStore store = new(16);
        using GpuDevice device = new(
            new GpuDeviceOptions { SystemBytes = 8 * 4096, PagePoolBytes = 4096, PoolUsesDma32 = true, Dma32LimitBytes = 3 * 4096, Swap = store },
            new InlineDriver());
        BufferObject first = Create(device, 3);
        BufferObject second = Create(device, 2);
        Assert.True(first.IsSwapped);
        Assert.False(second.IsSwapped);
        Assert.True(device.Validate() is { Count: 0, IsComplete: true });
    }

    [Fact]
    public void TheLimitOfPagesBelow4GiBIsAtMost2GiB() => Assert.Throws<ArgumentOutOfRangeException>(static () => new GpuDevice(
        new GpuDeviceOptions { Dma32LimitBytes = GpuDeviceOptions.MaxDma32LimitBytes + 1 }, new InlineDriver()));

    [Fact]
    public void ThePoolKeepsPagesThatAreNotCachedAndGivesThemUpWhenNeeded()
    {
        using GpuDevice device = new(new GpuDeviceOptions { SystemBytes = 16 * 4096, PagePoolBytes = 8 * 4096 }, new InlineDriver());
        BufferObject first = Create(device, 7);
        first.Release();
        Assert.Equal(0ul, device.SystemPagesUsedBytes);
        Assert.Equal(7ul * 4096, device.PooledBytes);
        BufferObject second = Create(device, 16);
        Assert.Equal(0ul, device.PooledBytes);
        second.Release();
        Assert.Equal(8ul * 4096, Math.Min(device.PooledBytes, 8ul * 4096));
        Assert.Empty(device.Validate());
    }

    [Theory]
    [InlineData(GartMode.Eager)]
    [InlineData(GartMode.Lazy)]
    public void TheApertureShowsThePagesOfWhatIsInIt(GartMode mode)
    {
        using GpuDevice device = new(new GpuDeviceOptions { SystemBytes = 1 << 20, ApertureBytes = 64 * 4096, Gart = mode }, new InlineDriver());
        BufferObject target = Create(device, 3);
        ulong page = target.Resource!.PageAt(1, out _);
        Assert.Equal(mode == GartMode.Eager, device.Gart!.TryTranslate(page, out _));
        target.Reserve();
        device.BindToAperture(target);
        target.Unreserve();
        Assert.True(device.Gart.TryTranslate(page, out ulong system));
        Assert.Equal(target.Pages!.PageAt(1, out _), system);
        Assert.Equal(3, device.Gart.BoundPages);
        target.Release();
        Assert.False(device.Gart.TryTranslate(page, out _));
        Assert.Equal(3, device.Gart.UnboundPages);
    }

    private static MmStatus Attempt(GpuDevice device, BufferObject target)
    {
        target.Reserve();
        MmStatus status = device.Populate(target, clear: true);
        target.Unreserve();
        return status;
    }

    private static GpuDevice Device(SwapStore store) =>
        new(new GpuDeviceOptions { VramBytes = 1 << 20, SystemBytes = 1 << 20, Swap = store }, new InlineDriver());

    private static BufferObject Create(GpuDevice device, ulong pages)
    {
        OperationContext context = default;
        Assert.Equal(
            MmStatus.Ok, device.TryCreate(new BufferObjectDescription(pages * 4096, "bo"), Placement.Gtt, ref context, out BufferObject? made));
        return made!;
    }

    // Raises a signal in the middle of what it is asked to do.
    private sealed class InterruptingStore : SwapStore
    {
        private readonly MemorySwapStore _inner = new();

        public WaitInterrupt Signal { get; } = new();

        public int CallsUntilSignal { get; set; }

        public override long PageCount => _inner.PageCount;

        public override MmStatus TryWrite(ReadOnlySpan<byte> page, out ulong handle)
        {
            Count();
            return _inner.TryWrite(page, out handle);
        }

        public override MmStatus TryRead(ulong handle, Span<byte> page)
        {
            Count();
            return _inner.TryRead(handle, page);
        }

        public override void Free(ulong handle) => _inner.Free(handle);

        protected override void Dispose(bool disposing)
        {
            _inner.Dispose();
            base.Dispose(disposing);
        }

        private void Count()
        {
            if (--CallsUntilSignal == 0)
            {
                Signal.Interrupt();
            }
        }
    }
}
