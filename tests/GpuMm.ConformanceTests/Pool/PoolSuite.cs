using System.Numerics;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.Ranges;
using Xunit;

namespace GpuMm.ConformanceTests;

/// <summary>The upstream suite of the page pool.</summary>
public sealed class PoolSuite
{
    private const int Over = PagePool.MaxOrder + 1;

    private readonly RangeSpace _space = new(64ul << 20);
    private readonly PagePoolLists _shared = new();

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, false)]
    [InlineData(Over, false)]
    [InlineData(0, true)]
    [InlineData(Over, true)]
    public void POOL_01_alloc_basic(int order, bool usesDma)
    {
        PagePool pool = Pool(usesDma);
        RangeList pages = Take(pool, 1ul << order, Caching.Uncached);
        ulong sum = 0;
        for (int i = 0; i < pages.Count; i++)
        {
            ulong chunk = Pages.Count(pages[i].Range.SizeBytes);
            Assert.True(BitOperations.IsPow2(chunk));
            Assert.Equal(1ul << System.Math.Min(order, PagePool.MaxOrder), chunk);
            sum += chunk;
        }

        Assert.Equal(1ul << order, sum);
        Assert.Equal(order > PagePool.MaxOrder ? 2 : 1, pages.Count);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(2, false)]
    [InlineData(Over, false)]
    [InlineData(0, true)]
    [InlineData(Over, true)]
    public void POOL_06_alloc_basic_dma_addr(int order, bool usesDma)
    {
        GpuDeviceOptions options = new() { SystemBytes = 64ul << 20, PagePoolBytes = 1ul << 20, PoolUsesDmaAllocator = usesDma };
        using GpuDevice device = new(options, new InlineDriver());
        OperationContext context = default;
        ulong pageCount = 1ul << order;
        Assert.Equal(
            MmStatus.Ok,
            device.TryCreate(new BufferObjectDescription(Pages.Bytes(pageCount)), Placement.System, ref context, out BufferObject? target));
        target!.Reserve();
        Assert.Throws<System.InvalidOperationException>(() => device.DmaAddressOf(target, 0));
        Assert.Equal(MmStatus.Ok, device.TryPopulate(target));
        foreach (ulong page in (ulong[])[0, pageCount - 1])
        {
            ulong address = device.DmaAddressOf(target, page);
            Assert.Equal(options.DmaBaseBytes + Pages.Bytes(target.FrameAt(page, out _).PageIndex), address);
            Assert.NotEqual(0ul, address);
        }

        target.Reservation.Unlock();
    }

    [Fact]
    public void POOL_11_alloc_order_caching_match()
    {
        PagePool pool = Prefilled(Caching.Uncached, 0);
        Assert.Equal(1, _shared.Count(Caching.Uncached, 0));
        Take(pool, 1, Caching.Uncached);
        Assert.Equal(0, _shared.Count(Caching.Uncached, 0));
    }

    [Fact]
    public void POOL_12_alloc_caching_mismatch()
    {
        PagePool pool = Prefilled(Caching.WriteCombined, 0);
        RangeList pages = Take(pool, 1, Caching.Uncached);
        Assert.Equal(1, _shared.Count(Caching.WriteCombined, 0));
        pool.Give(Caching.Uncached, ref pages);
        Assert.Equal(1, _shared.Count(Caching.WriteCombined, 0));
        Assert.Equal(1, _shared.Count(Caching.Uncached, 0));
    }

    [Fact]
    public void POOL_13_alloc_order_mismatch()
    {
        PagePool pool = Prefilled(Caching.Uncached, 2);
        RangeList pages = Take(pool, 1, Caching.Uncached);
        Assert.Equal(1, _shared.Count(Caching.Uncached, 2));
        pool.Give(Caching.Uncached, ref pages);
        Assert.Equal(1, _shared.Count(Caching.Uncached, 2));
        Assert.Equal(1, _shared.Count(Caching.Uncached, 0));
    }

    [Fact]
    public void POOL_14_free_dma_alloc()
    {
        PagePool pool = Pool(usesDma: true);
        RangeList pages = Take(pool, 4, Caching.Cached);
        Assert.Equal(0, pool.Own.Count(Caching.Cached, 2));
        pool.Give(Caching.Cached, ref pages);
        Assert.Equal(1, pool.Own.Count(Caching.Cached, 2));
    }

    [Fact]
    public void POOL_15_free_no_dma_alloc()
    {
        PagePool pool = Pool(usesDma: false);
        RangeList pages = Take(pool, 4, Caching.Uncached);
        pool.Give(Caching.Uncached, ref pages);
        Assert.Equal(0ul, pool.Own.PageCount);
        Assert.Equal(4ul, _shared.PageCount);
    }

    [Fact]
    public void POOL_16_fini_basic()
    {
        PagePool pool = Prefilled(Caching.Uncached, 3);
        Assert.Equal(8ul, pool.Shrink(ulong.MaxValue));
        Assert.Equal(0ul, pool.PageCount);
        Assert.Equal(_space.SizeBytes, _space.FreeBytes);
    }

    private static RangeList Take(PagePool pool, ulong pageCount, Caching caching)
    {
        RangeList pages = default;
        RangeList dirty = default;
        Assert.Equal(MmStatus.Ok, pool.TryTake(pageCount, caching, ref pages, ref dirty));
        return pages;
    }

    private PagePool Pool(bool usesDma) => new(_space, 32ul << 20, usesDma, usesDma32: false, _shared);

    private PagePool Prefilled(Caching caching, int order)
    {
        PagePool pool = Pool(usesDma: false);
        RangeList pages = Take(pool, 1ul << order, caching);
        pool.Give(caching, ref pages);
        return pool;
    }
}
