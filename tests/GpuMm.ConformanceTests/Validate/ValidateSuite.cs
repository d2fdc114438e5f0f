using GpuMm.Fences;
using GpuMm.Objects;
using Xunit;

namespace GpuMm.ConformanceTests;

/// <summary>The upstream validate suite: creating, moving and staying.</summary>
public sealed class ValidateSuite
{
    private static readonly Placement s_desiredThenOther = new(
        new Place(MemoryDomain.Vram, PlaceFlags.Desired), new Place(MockDriver.Mock1, PlaceFlags.Fallback));

    [Theory]
    [InlineData(BufferObjectKind.Device)]
    [InlineData(BufferObjectKind.Kernel)]
    [InlineData(BufferObjectKind.Sg)]
    public void VAL_01_init_reserved_sys_man(BufferObjectKind kind)
    {
        using MockDevice test = new();
        BufferObject target = CreateCounted(test, Placement.System, kind, out ulong bytes);
        Assert.Equal(MockDevice.BoBytes, bytes);
        Assert.Equal(kind, target.Kind);
        Assert.Equal(4 * MockDevice.KiB, target.AlignmentBytes);
        Assert.NotNull(target.Pages);
        Assert.False(target.Pages.IsPopulated);
        Assert.Equal(kind == BufferObjectKind.Kernel, target.Window.PageCount == 0);
        Assert.Equal(kind == BufferObjectKind.Device, target.Pages.Flags == TranslationFlags.ZeroAlloc);
        target.Release();
        Assert.Equal(0, test.Device.ObjectCount);
    }

    [Theory]
    [InlineData(BufferObjectKind.Device)]
    [InlineData(BufferObjectKind.Kernel)]
    [InlineData(BufferObjectKind.Sg)]
    public void VAL_04_init_reserved_mock_man(BufferObjectKind kind)
    {
        using MockDevice test = new();
        test.Mock(MemoryDomain.Vram);
        BufferObject target = CreateCounted(test, Placement.Vram, kind, out ulong bytes);
        Assert.Equal(MockDevice.BoBytes, bytes);
        Assert.Equal(MemoryDomain.Vram, target.Resource!.Domain);
        Assert.Equal(kind == BufferObjectKind.Kernel, target.Window.PageCount == 0);
    }

    [Fact]
    public void VAL_07_init_reserved_resv()
    {
        using MockDevice test = new();
        Reservation external = new();
        external.Lock();
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.System, shared: external);
        Assert.Same(external, target.Reservation);
        Assert.True(external.IsLocked);
        external.Unlock();
    }

    [Theory]
    [InlineData(BufferObjectKind.Device)]
    [InlineData(BufferObjectKind.Kernel)]
    [InlineData(BufferObjectKind.Sg)]
    public void VAL_08_validate_basic(BufferObjectKind kind)
    {
        using MockDevice test = new();
        test.Mock(MemoryDomain.Vram);
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.System, kind);
        Assert.Equal(
            MmStatus.Ok, test.Validate(target, new Placement(new Place(MemoryDomain.Vram, PlaceFlags.TopDown)), out ulong bytes));
        Assert.Equal(target.SizeBytes, bytes);
        Assert.True(target.Pages!.IsPopulated);
        Assert.Equal(MemoryDomain.Vram, target.Resource!.Domain);
        Assert.Equal(PlaceFlags.TopDown, target.Resource.Flags);
    }

    [Fact]
    public void VAL_11_invalid_placement()
    {
        using MockDevice test = new();
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.System);
        Placement nowhere = new(new Place(MemoryDomain.Private4));
        Assert.Equal(MmStatus.OutOfMemory, test.Validate(target, nowhere, out _));
        Assert.Equal(MemoryDomain.System, target.Resource!.Domain);
    }

    [Fact]
    public void VAL_12_failed_alloc()
    {
        using MockDevice test = new();
        test.Device.SetManager(new FixedStatusManager(MemoryDomain.Vram, MockDevice.MiB, MmStatus.NoSpace));
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.System);
        Assert.Equal(MmStatus.OutOfMemory, test.Validate(target, Placement.Vram, out _));
    }

    [Fact]
    public void VAL_13_pinned()
    {
        using MockDevice test = new();
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.System);
        target.Reserve();
        target.Pin();
        target.Unreserve();
        Assert.Equal(MmStatus.InvalidArgument, test.Validate(target, Placement.Gtt, out _));
    }

    [Theory]
    [InlineData(MemoryDomain.System)]
    [InlineData(MemoryDomain.Vram)]
    public void VAL_14_same_placement(MemoryDomain domain)
    {
        using MockDevice test = new();
        test.Mock(MemoryDomain.Vram);
        Placement placement = new(new Place(domain));
        BufferObject target = test.Create(MockDevice.BoBytes, placement);
        Assert.Equal(MmStatus.Ok, test.Validate(target, placement, out ulong bytes));
        Assert.Equal(0ul, bytes);
    }

    [Fact]
    public void VAL_16_busy_placement()
    {
        using MockDevice test = new();
        test.Device.SetManager(new FixedStatusManager(MemoryDomain.Vram, MockDevice.MiB, MmStatus.NoSpace));
        ResourceManager other = test.Mock(MockDriver.Mock1);
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.System);
        Assert.Equal(MmStatus.Ok, test.Validate(target, s_desiredThenOther, out _));
        Assert.Equal([target.Resource!], other.OrderOf(0));
    }

    [Theory]
    [InlineData(BufferObjectKind.Device)]
    [InlineData(BufferObjectKind.Kernel)]
    [InlineData(BufferObjectKind.Sg)]
    public void VAL_17_multihop(BufferObjectKind kind)
    {
        using MockDevice test = new();
        test.Mock(MemoryDomain.Vram);
        test.Mock(MemoryDomain.Gtt);
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.Vram, kind);
        Assert.Equal(MmStatus.Ok, test.Validate(target, Placement.System, out ulong bytes));
        Assert.Equal(MemoryDomain.System, target.Resource!.Domain);
        Assert.Equal(2 * target.SizeBytes, bytes);
        Assert.Equal(0ul, test.Device.Manager(MemoryDomain.Gtt).UsedBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void VAL_20_no_placement_signaled(bool hasTable)
    {
        using MockDevice test = new();
        ResourceManager manager = test.Mock(MemoryDomain.Vram);
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.Vram);
        TranslationTable? table = target.Pages;
        if (!hasTable)
        {
            target.Reserve();
            test.Device.Unpopulate(target);
            target.Pages = null;
            target.Reservation.Unlock();
        }

        Assert.Equal(MmStatus.Ok, test.Validate(target, Placement.Empty, out ulong bytes));
        Assert.Equal(0ul, manager.UsedBytes);
        Assert.Equal(0ul, bytes);
        Assert.Null(target.Resource);
        Assert.NotNull(target.Pages);
        if (hasTable)
        {
            Assert.Same(table, target.Pages);
            Assert.False(target.Pages.IsPopulated);
            Assert.Equal(TranslationFlags.ZeroAlloc, target.Pages.Flags);
        }
    }

    [Theory]
    [InlineData(BufferObjectKind.Device)]
    [InlineData(BufferObjectKind.Kernel)]
    [InlineData(BufferObjectKind.Sg)]
    public void VAL_22_no_placement_not_signaled(BufferObjectKind kind)
    {
        using MockDevice test = new();
        ResourceManager manager = test.Mock(MemoryDomain.Vram);
        FenceContext jobs = new("job");
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.Vram, kind);
        TranslationTable old = target.Pages!;
        target.Reserve();
        target.Reservation.AddFence(jobs.Issue(), FenceUsage.Bookkeep);
        target.Reservation.Unlock();
        Assert.Equal(MmStatus.Ok, test.Validate(target, Placement.Empty, out _));
        Assert.Equal(0, test.Driver.Waits);
        Assert.Null(target.Resource);
        Assert.Null(target.BulkMove);
        Assert.NotNull(target.Pages);
        Assert.NotSame(old, target.Pages);
        Assert.True(target.OwnsReservation);
        Assert.Equal(MockDevice.BoBytes, manager.UsedBytes); // The ghost has it until the job is done.
        test.AssertValid();
        jobs.SignalTo(1);
        Assert.Equal(1, test.Device.Reap());
        Assert.Equal(0ul, manager.UsedBytes);
        test.AssertValid();
    }

    [Fact]
    public void VAL_25_move_fence_signaled()
    {
        using MockDevice test = new();
        ResourceManager manager = test.Mock(MemoryDomain.Vram);
        FenceContext copies = new("copy");
        Fence fence = copies.Issue();
        copies.SignalTo(1);
        Assert.True(manager.TryAddEvictionFence(fence));
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.System);
        Assert.Equal(MmStatus.Ok, test.Validate(target, Placement.Vram, out ulong bytes));
        Assert.Equal(target.SizeBytes, bytes);
        Assert.Equal(MemoryDomain.Vram, target.Resource!.Domain);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void VAL_26_move_fence_not_signaled(bool noWait)
    {
        using MockDevice test = new();
        ResourceManager manager = test.Mock(MemoryDomain.Vram);
        test.Mock(MockDriver.Mock1);
        FenceContext copies = new("copy");
        Assert.True(manager.TryAddEvictionFence(copies.Issue()));
        BufferObject target = test.Create(MockDevice.BoBytes, Placement.System);
        Assert.Equal(MmStatus.Ok, test.Validate(target, s_desiredThenOther, out _, noWait));
        target.Reserve();
        Assert.Equal(noWait ? MockDriver.Mock1 : MemoryDomain.Vram, target.Resource!.Domain);
        Assert.Equal(!noWait, target.Reservation.TryGetUnsignaled(FenceUsage.Kernel, out _));
        target.Reservation.Unlock();
    }

    [Fact]
    public void VAL_28_swapout()
    {
        using MemorySwapStore store = new();
        GpuDeviceOptions options = new() { Swap = store, PageLimitBytes = 8 * MockDevice.MiB };
        using MockDevice test = new(options: options);
        test.Mock(MemoryDomain.Gtt, 16 * MockDevice.MiB);
        BufferObject small = test.Create(MockDevice.BoBytes, Placement.Gtt);
        BufferObject huge = test.Create(8 * MockDevice.MiB, Placement.Gtt);
        Assert.Equal(MemoryDomain.Gtt, huge.Resource!.Domain);
        Assert.Equal(MemoryDomain.System, small.Resource!.Domain);
        Assert.True(small.IsSwapped);
        Assert.Equal([small.Resource], test.Device.Manager(MemoryDomain.System).OrderOf(ResourceManager.PriorityCount));
        test.AssertValid();
    }

    [Fact]
    public void VAL_28_swapout_newest()
    {
        using MemorySwapStore store = new();
        using MockDevice test = new(options: new GpuDeviceOptions { Swap = store });
        BufferObject target = test.Create(MockDevice.MiB, Placement.Gtt);
        OperationContext context = default;
        Assert.Equal(256ul, test.Device.SwapOut(256, ref context));
        Assert.Equal(MemoryDomain.System, target.Resource!.Domain);
        Assert.True(target.IsSwapped);
        Assert.Equal(256, store.PageCount);
        test.AssertValid();
    }

    private static BufferObject CreateCounted(MockDevice test, Placement placement, BufferObjectKind kind, out ulong bytes)
    {
        OperationContext context = default;
        BufferObjectDescription description = new(MockDevice.BoBytes, "bo", kind, AlignmentBytes: 4096);
        Assert.Equal(MmStatus.Ok, test.Device.TryCreate(description, placement, ref context, out BufferObject? made));
        bytes = context.BytesMoved;
        return made!;
    }
}
