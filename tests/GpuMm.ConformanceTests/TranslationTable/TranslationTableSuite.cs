using GpuMm.Objects;
using GpuMm.Paging;
using Xunit;

namespace GpuMm.ConformanceTests;

/// <summary>The upstream suite of translation tables.</summary>
public sealed class TranslationTableSuite
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public void TT_01_init_basic(int extraPages, int expected)
    {
        TranslationTable table = new(4 * MockDevice.KiB, Caching.Uncached, TranslationFlags.ZeroAlloc, (ulong)extraPages);
        Assert.Equal((ulong)expected, table.PageCount);
        Assert.Equal(TranslationFlags.ZeroAlloc, table.Flags);
        Assert.Equal(Caching.Uncached, table.Caching);
        Assert.False(table.HasBackup);
        Assert.False(table.IsPopulated);
    }

    [Fact]
    public void TT_12_populate_null_ttm()
    {
        using MockDevice test = new();
        Assert.Equal(MmStatus.InvalidArgument, test.Device.TryPopulate(null));
        BufferObject target = test.Bare();
        target.Reserve();
        Assert.Equal(MmStatus.Ok, test.Device.TryPopulate(target));
        target.Reservation.Unlock();
    }

    [Fact]
    public void TT_03_init_misaligned()
    {
        Assert.Equal(3ul, new TranslationTable((8 * MockDevice.KiB) + 1, Caching.Cached).PageCount);
    }

    [Fact]
    public void TT_04_fini_basic()
    {
        using MockDevice test = new();
        BufferObject target = Populated(test);
        target.Release();
        Assert.Null(target.Pages);
        Assert.Equal(0ul, test.Device.SystemPagesUsedBytes);
    }

    [Fact]
    public void TT_05_fini_sg()
    {
        using MockDevice test = new();
        BufferObject target = test.Bare(kind: BufferObjectKind.Sg);
        target.Reserve();
        Assert.Equal(TranslationFlags.External, target.Pages!.Flags);
        Assert.Equal(MmStatus.Ok, test.Device.Populate(target, clear: true));
        Assert.True(target.Pages.IsPopulated);
        Assert.Equal(0ul, test.Device.SystemPagesUsedBytes);
        target.Reservation.Unlock();
        target.Release();
        Assert.Null(target.Pages);
    }

    [Fact]
    public void TT_06_fini_shmem()
    {
        using MemorySwapStore store = new();
        using MockDevice test = new(options: new GpuDeviceOptions { Swap = store });
        BufferObject target = Populated(test);
        OperationContext context = default;
        Assert.Equal(2ul, test.Device.SwapOut(1, ref context));
        Assert.Equal(2, store.PageCount);
        target.Release();
        Assert.Equal(0, store.PageCount);
    }

    [Fact]
    public void TT_07_create_basic()
    {
        using MockDevice test = new();
        BufferObject target = test.Bare();
        target.Pages = null;
        target.Reserve();
        Assert.Equal(MmStatus.Ok, test.Device.CreateTable(target));
        target.Reservation.Unlock();
        Assert.NotNull(target.Pages);
        Assert.Equal(TranslationFlags.ZeroAlloc, target.Pages.Flags);
    }

    [Fact]
    public void TT_08_create_invalid_bo_type()
    {
        using MockDevice test = new();
        OperationContext context = default;
        BufferObjectDescription description = new(MockDevice.BoBytes, Kind: (BufferObjectKind)9);
        Assert.Equal(MmStatus.InvalidArgument, test.Device.TryCreate(description, Placement.System, ref context, out BufferObject? made));
        Assert.Null(made);
        test.AssertValid();
    }

    [Fact]
    public void TT_09_create_ttm_exists()
    {
        using MockDevice test = new();
        BufferObject target = test.Bare();
        TranslationTable table = target.Pages!;
        target.Reserve();
        Assert.Equal(MmStatus.Ok, test.Device.CreateTable(target));
        target.Reservation.Unlock();
        Assert.Same(table, target.Pages);
    }

    [Fact]
    public void TT_10_create_failed()
    {
        using MockDevice test = new();
        BufferObject target = test.Bare();
        target.Pages = null;
        test.Driver.HasNoTables = true;
        target.Reserve();
        Assert.Equal(MmStatus.OutOfMemory, test.Device.CreateTable(target));
        target.Reservation.Unlock();
        Assert.Null(target.Pages);
    }

    [Fact]
    public void TT_11_destroy_basic()
    {
        using MockDevice test = new();
        BufferObject target = test.Bare();
        target.Release();
        Assert.Null(target.Pages);
    }

    [Fact]
    public void TT_13_populate_populated_ttm()
    {
        using MockDevice test = new();
        BufferObject target = Populated(test);
        ulong page = target.Pages!.PageAt(0, out _);
        target.Reserve();
        Assert.Equal(MmStatus.Ok, test.Device.Populate(target, clear: true));
        target.Reservation.Unlock();
        Assert.Equal(page, target.Pages.PageAt(0, out _));
        Assert.Equal(target.SizeBytes, test.Device.SystemPagesUsedBytes);
    }

    [Fact]
    public void TT_14_unpopulate_basic()
    {
        using MockDevice test = new();
        BufferObject target = Populated(test);
        Assert.True(target.Pages!.IsPopulated);
        target.Reserve();
        test.Device.Unpopulate(target);
        target.Reservation.Unlock();
        Assert.False(target.Pages.IsPopulated);
    }

    [Fact]
    public void TT_15_unpopulate_empty_ttm()
    {
        using MockDevice test = new();
        BufferObject target = test.Bare();
        target.Reserve();
        test.Device.Unpopulate(target);
        target.Reservation.Unlock();
        Assert.False(target.Pages!.IsPopulated);
    }

    [Fact]
    public void TT_16_swapin_basic()
    {
        using MemorySwapStore store = new();
        using MockDevice test = new(options: new GpuDeviceOptions { Swap = store });
        BufferObject target = Populated(test, 4 * MockDevice.KiB);
        OperationContext context = default;
        Assert.Equal(1ul, test.Device.SwapOut(1, ref context));
        Assert.True(target.IsSwapped);
        Assert.True(target.Pages!.HasBackup);
        Assert.False(target.Pages.IsPopulated);
        target.Reserve();
        Assert.Equal(MmStatus.Ok, test.Device.Populate(target, clear: true));
        target.Reservation.Unlock();
        Assert.False(target.IsSwapped);
        Assert.False(target.Pages.HasBackup);
        Assert.Equal(0, store.PageCount);
        test.AssertValid();
    }

    private static BufferObject Populated(MockDevice test, ulong sizeBytes = MockDevice.BoBytes)
    {
        BufferObject target = test.Create(sizeBytes, Placement.System);
        target.Reserve();
        Assert.Equal(MmStatus.Ok, test.Device.Populate(target, clear: true));
        target.Unreserve();
        return target;
    }
}
