using GpuMm.Fences;
using GpuMm.Objects;
using Xunit;

namespace GpuMm.ConformanceTests;

/// <summary>The upstream validate suite: who has to go.</summary>
public sealed class ValidateEvictionSuite
{
    private const ulong KiB = MockDevice.KiB;
    private const ulong MiB = MockDevice.MiB;

    [Fact]
    public void VAL_29_happy_evict()
    {
        using MockDevice test = new();
        test.Mock(MemoryDomain.Vram);
        test.Mock(MemoryDomain.Gtt);
        BufferObject oldest = test.Create(8 * KiB, Placement.Vram);
        BufferObject large = test.Create(512 * KiB, Placement.Vram);
        BufferObject rest = test.Create(MiB - (520 * KiB), Placement.Vram);
        BufferObject target = test.Create(4 * KiB, Placement.System);
        Assert.Equal(MmStatus.Ok, test.Validate(target, Placement.Vram, out ulong bytes));
        Assert.Equal(MemoryDomain.System, oldest.Resource!.Domain);
        Assert.True(oldest.Pages!.IsPopulated);
        Assert.Equal(TranslationFlags.ZeroAlloc, oldest.Pages.Flags);
        Assert.Equal((2 * 8 * KiB) + (4 * KiB), bytes);
        Assert.Equal(MemoryDomain.Vram, large.Resource!.Domain);
        Assert.Equal(MemoryDomain.Vram, rest.Resource!.Domain);
        test.AssertValid();
    }

    [Fact]
    public void VAL_30_all_pinned_evict()
    {
        using MockDevice test = new();
        test.Mock(MemoryDomain.Vram);
        BufferObject pinned = Pinned(test, MiB);
        BufferObject target = test.Create(4 * KiB, Placement.System);
        Assert.Equal(MmStatus.OutOfMemory, test.Validate(target, Placement.Vram, out _));
        Assert.Equal(MemoryDomain.Vram, pinned.Resource!.Domain);
        Assert.Equal(1, pinned.PinCount);
    }

    [Fact]
    public void VAL_31_allowed_only_evict()
    {
        using MockDevice test = new();
        test.Mock(MemoryDomain.Vram);
        BufferObject pinned = Pinned(test, 512 * KiB);
        BufferObject evictable = test.Create(512 * KiB, Placement.Vram);
        BufferObject target = test.Create(4 * KiB, Placement.System);
        Assert.Equal(MmStatus.Ok, test.Validate(target, Placement.Vram, out ulong bytes));
        Assert.Equal(MemoryDomain.System, evictable.Resource!.Domain);
        Assert.Equal(MemoryDomain.Vram, pinned.Resource!.Domain);
        Assert.Equal((2 * 512 * KiB) + (4 * KiB), bytes);
    }

    [Fact]
    public void VAL_32_deleted_evict()
    {
        using MockDevice test = new();
        ResourceManager manager = test.Mock(MemoryDomain.Vram);
        FenceContext jobs = new("job");
        BufferObject gone = test.Create(MiB - (4 * KiB), Placement.Vram);
        gone.Reserve();
        gone.Reservation.AddFence(jobs.Issue(), FenceUsage.Bookkeep);
        gone.Unreserve();
        gone.Release();
        Assert.True(gone.IsDeleted);
        BufferObject target = test.Create(8 * KiB, Placement.System);
        Assert.Equal(MmStatus.Ok, test.Validate(target, Placement.Vram, out _));
        Assert.Equal(8 * KiB, manager.UsedBytes);
        Assert.Null(gone.Resource);
        Assert.Null(gone.Pages);
        test.AssertValid();
    }

    [Fact]
    public void VAL_33_busy_domain_evict()
    {
        using MockDevice test = new(new MockDriver { EvictsToMock1 = true });
        test.Mock(MemoryDomain.Vram);
        test.Device.SetManager(new FixedStatusManager(MockDriver.Mock1, MiB, MmStatus.Busy));
        BufferObject victim = test.Create(MiB, Placement.Vram);
        BufferObject target = test.Bare();
        Assert.Equal(MmStatus.OutOfMemory, test.Validate(target, Placement.Vram, out _));
        Assert.Equal(MemoryDomain.Vram, victim.Resource!.Domain);
        Assert.Null(target.Resource);
    }

    [Fact]
    public void VAL_34_evict_gutting()
    {
        using MockDevice test = new();
        test.Mock(MockDriver.Mock1);
        BufferObject victim = test.Create(MiB, new Placement(new Place(MockDriver.Mock1)));
        BufferObject target = test.Create(8 * KiB, Placement.System);
        Assert.Equal(MmStatus.Ok, test.Validate(target, new Placement(new Place(MockDriver.Mock1)), out _));
        Assert.Null(victim.Resource);
        Assert.Equal(TranslationFlags.ZeroAlloc, victim.Pages!.Flags);
        Assert.False(victim.Pages.IsPopulated);
        test.AssertValid();
    }

    [Fact]
    public void VAL_35_recursive_evict()
    {
        using MockDevice test = new();
        test.Mock(MemoryDomain.Gtt);
        test.Mock(MockDriver.Mock2);
        BufferObject inAperture = test.Create(MiB, Placement.Gtt);
        BufferObject inMock2 = test.Create(MiB, new Placement(new Place(MockDriver.Mock2)));
        BufferObject target = test.Create(8 * KiB, Placement.System);
        Assert.Equal(MmStatus.Ok, test.Validate(target, Placement.Gtt, out _));
        Assert.Equal(MemoryDomain.Gtt, target.Resource!.Domain);
        Assert.Equal(MockDriver.Mock2, inAperture.Resource!.Domain);
        Assert.Equal(MemoryDomain.System, inMock2.Resource!.Domain);
        test.AssertValid();
    }

    private static BufferObject Pinned(MockDevice test, ulong sizeBytes)
    {
        BufferObject target = test.Create(sizeBytes, Placement.Vram);
        target.Reserve();
        target.Pin();
        target.Unreserve();
        return target;
    }
}
