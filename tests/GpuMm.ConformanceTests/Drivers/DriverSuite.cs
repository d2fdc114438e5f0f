using System.Collections.Generic;
using System.Linq;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Ranges;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.ConformanceTests.Drivers;

/// <summary>
/// What drivers test of their memory themselves, in words: i915_gem_evict.c, intel_memory_region.c, drm_gem_shmem_test.c, and
/// xe_bo.c (eviction and shrinker).
/// </summary>
public sealed class DriverSuite
{
    private const ulong PageBytes = 4096;

    [Fact]
    public void EVICT_1_evict_something()
    {
        using TestDevice test = new(vramPages: 16);
        BufferObject[] all = Fill(test, 16, isPinned: true);
        Assert.Equal(MmStatus.OutOfMemory, TryCreate(test.Device, 1, Placement.Vram, out _));
        Assert.All(all, target => Assert.Equal(MemoryDomain.Vram, test.DomainOf(target)));

        Unpin(all);
        Assert.Equal(MmStatus.Ok, TryCreate(test.Device, 1, Placement.Vram, out _));
        Assert.Single(all, target => test.DomainOf(target) != MemoryDomain.Vram);
        test.AssertValid();
    }

    [Fact]
    public void EVICT_2_overcommit()
    {
        using TestDevice test = new(vramPages: 16);
        Fill(test, 16, isPinned: true);
        BufferObject outside = test.Create(1, Placement.Gtt, "outside");
        Assert.Equal(MmStatus.OutOfMemory, test.Place(outside, Placement.Vram));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(outside));
        Assert.Equal(0, test.Device.Statistics.Evictions);
        test.AssertValid();
    }

    [Fact]
    public void EVICT_3_evict_for_vma()
    {
        using TestDevice test = new(vramPages: 16);
        BufferObject[] all = Fill(test, 16, isPinned: true);
        Placement window = new(new Place(MemoryDomain.Vram, PlaceFlags.None, 4, 6));
        Assert.Equal(MmStatus.OutOfMemory, TryCreate(test.Device, 2, window, out _));

        Unpin(all);
        Assert.Equal(MmStatus.Ok, TryCreate(test.Device, 2, window, out BufferObject? made));
        Assert.Equal(4 * PageBytes, made!.Resource!.StartBytes);
        Assert.Equal(2, all.Count(target => test.DomainOf(target) != MemoryDomain.Vram)); // Older ones outside the window stay.
        test.AssertValid();
    }

    [Theory]
    [InlineData(SpaceAllocatorKind.Range)]
    [InlineData(SpaceAllocatorKind.Buddy)]
    [InlineData(SpaceAllocatorKind.Bins)]
    public void MEM_1_fill(SpaceAllocatorKind kind)
    {
        using GpuDevice device = Device(64, kind);
        List<BufferObject> all = [];
        ulong[] primes = [1, 2, 3, 5, 7, 11, 13, 17, 19];
        for (int i = 0; TryCreate(device, primes[i % primes.Length], Placement.Vram, out BufferObject? made) == MmStatus.Ok; i++)
        {
            Pin(made!);
            all.Add(made!);
        }

        Assert.InRange((ulong)all.Sum(static target => (long)target.SizeBytes), 1ul, 64 * PageBytes);
        Unpin([.. all]);
        all.ForEach(static target => target.Release());
        Assert.Equal(MmStatus.Ok, TryCreate(device, 64, Placement.Vram, out _));
        Assert.Empty(device.Validate());
    }

    [Fact]
    public void MEM_2_reserve()
    {
        using GpuDevice device = Device(64, SpaceAllocatorKind.Buddy);
        foreach (uint start in (uint[])[3, 17, 40])
        {
            Placement window = new(new Place(MemoryDomain.Vram, PlaceFlags.None, start, start + 4));
            Assert.Equal(MmStatus.Ok, TryCreate(device, 4, window, out BufferObject? reserved));
            Pin(reserved!);
        }

        int made = 0;
        for (; TryCreate(device, 1, Placement.Vram, out BufferObject? one) == MmStatus.Ok; made++)
        {
            Pin(one!);
        }

        Assert.Equal(64 - 12, made); // Every page that is not reserved, and none that is.
        Assert.Empty(device.Validate());
    }

    [Fact]
    public void MEM_3_contiguous()
    {
        using GpuDevice device = Device(16, SpaceAllocatorKind.Buddy);
        BufferObject[] all = new BufferObject[16];
        for (int i = 0; i < 16; i++)
        {
            Assert.Equal(MmStatus.Ok, TryCreate(device, 1, Placement.Vram, out BufferObject? one));
            all[i] = one!;
            Pin(one!);
        }

        foreach (BufferObject second in all.Where(static target => target.Resource!.StartBytes / PageBytes % 2 == 1))
        {
            Unpin(second);
            second.Release();
        }

        Placement together = new(new Place(MemoryDomain.Vram, PlaceFlags.Contiguous));
        Assert.Equal(MmStatus.OutOfMemory, TryCreate(device, 2, together, out _)); // Half is free, in single pages.
        Assert.Equal(MmStatus.Ok, TryCreate(device, 8, Placement.Vram, out BufferObject? scattered));
        Assert.Equal(8, scattered!.Resource!.RangeCount);
        Assert.Empty(device.Validate());
    }

    [Fact]
    public void MEM_4_splintered_region()
    {
        using GpuDevice device = Device(13, SpaceAllocatorKind.Buddy); // Roots of 8, 4 and 1 pages
        Placement together = new(new Place(MemoryDomain.Vram, PlaceFlags.Contiguous));
        Assert.Equal(MmStatus.Ok, TryCreate(device, 13, Placement.Vram, out BufferObject? whole));
        whole!.Release();
        Assert.Equal(MmStatus.Ok, TryCreate(device, 8, together, out BufferObject? largest));
        Pin(largest!);
        Assert.Equal(MmStatus.OutOfMemory, TryCreate(device, 8, together, out _));
        Assert.Equal(MmStatus.Ok, TryCreate(device, 5, Placement.Vram, out _));
        Assert.Empty(device.Validate());
    }

    [Fact]
    public void MEM_5_io_size()
    {
        using TestDevice test = new(vramPages: 32, visiblePages: 8);
        Placement visible = new(new Place(MemoryDomain.Vram, PlaceFlags.None, 0, 8));
        for (int i = 0; i < 8; i++)
        {
            BufferObject seen = test.Create(1, visible);
            Assert.InRange(seen.Resource!.StartBytes, 0ul, 7 * PageBytes);
            Pin(seen);
        }

        Assert.Equal(MmStatus.OutOfMemory, TryCreate(test.Device, 1, visible, out _));
        BufferObject unseen = test.Create(24, Placement.Vram, "unseen");
        Assert.Equal(8 * PageBytes, unseen.Resource!.StartBytes);

        // The part that the CPU sees is full of what cannot leave: it is touched in the aperture.
        VmArea area = unseen.Map(test.Space);
        Assert.Equal(MmStatus.Ok, test.Space.Write(area.StartAddress, [1]));
        Assert.Equal(MemoryDomain.Gtt, test.DomainOf(unseen));
        test.AssertValid();
    }

    [Fact]
    public void SHMEM_1_madvise()
    {
        using TestDevice test = new();
        BufferObject target = test.Create(1, Placement.System);
        target.Reserve();
        Assert.False(target.IsPurgeable);
        Assert.True(target.Advise(MemoryAdvice.DontNeed));
        Assert.True(target.IsPurgeable);
        Assert.True(target.Advise(MemoryAdvice.WillNeed));
        Assert.False(target.IsPurgeable);
        target.Unreserve();
    }

    [Fact]
    public void SHMEM_2_purge()
    {
        using MemorySwapStore store = new(64);
        using GpuDevice device = new(new GpuDeviceOptions { SystemBytes = 64 * PageBytes, Swap = store }, new InlineDriver());
        AddressSpace space = device.CreateAddressSpace();
        Assert.Equal(MmStatus.Ok, TryCreate(device, 2, Placement.System, out BufferObject? target));
        VmArea area = target!.Map(space);
        Assert.Equal(MmStatus.Ok, space.Write(area.StartAddress, [42]));
        Advise(target, MemoryAdvice.DontNeed);
        OperationContext context = default;
        device.SwapOut(2, ref context);
        Assert.True(target.IsPurged);
        Assert.Equal(0ul, device.SystemPagesUsedBytes);
        Assert.Equal(0, store.PageCount); // Dropped, not written
        Assert.False(Advise(target, MemoryAdvice.WillNeed)); // The owner is told, once
        Assert.True(Advise(target, MemoryAdvice.WillNeed));
        byte[] read = [1];
        Assert.Equal(MmStatus.Ok, space.Read(area.StartAddress, read));
        Assert.Equal(0, read[0]);
        Assert.Empty(device.Validate());
    }

    // Pages come with the pin and stay for its time; without one they may go, where upstream frees them with the last pin.
    [Fact]
    public void SHMEM_3_pin_pages()
    {
        using MemorySwapStore store = new(64);
        using GpuDevice device = new(new GpuDeviceOptions { SystemBytes = 64 * PageBytes, Swap = store }, new InlineDriver());
        Assert.Equal(MmStatus.Ok, TryCreate(device, 4, Placement.System, out BufferObject? target));
        target!.Reserve();
        Assert.Throws<System.InvalidOperationException>(() => device.DmaAddressOf(target, 0));
        Assert.Equal(MmStatus.Ok, device.TryPopulate(target));
        target.Pin();
        Assert.Equal((1, 4 * PageBytes), (target.PinCount, device.SystemPagesUsedBytes));
        Assert.Equal(4, Enumerable.Range(0, 4).Select(page => device.DmaAddressOf(target, (ulong)page)).Distinct().Count());
        target.Unreserve();
        OperationContext context = default;
        Assert.Equal(0ul, device.SwapOut(4, ref context));
        target.Reserve();
        target.Unpin();
        Assert.Equal(0, target.PinCount);
        target.Unreserve();
        Assert.Equal(4ul, device.SwapOut(4, ref context));
        Assert.Equal(0ul, device.SystemPagesUsedBytes);
        Assert.Empty(device.Validate());
    }

    // The kernel's view of the whole object is a mapping like any other here: it makes the pages, and holds the object.
    [Fact]
    public void SHMEM_4_vmap()
    {
        using TestDevice test = new();
        BufferObject target = test.Create(4, Placement.System);
        Assert.Equal(0, test.Device.Mapping.AreaCount);
        VmArea area = target.Map(test.Space);
        Assert.Equal(1, test.Device.Mapping.AreaCount);
        byte[] pattern = new byte[4 * PageBytes];
        System.Array.Fill(pattern, (byte)0xae); // TEST_BYTE
        Assert.Equal(MmStatus.Ok, test.Space.Write(area.StartAddress, pattern));
        byte[] read = new byte[4 * PageBytes];
        Assert.Equal(MmStatus.Ok, test.Space.Read(area.StartAddress, read));
        Assert.Equal(pattern, read);
        target.Release();
        Assert.Equal(1, test.Device.ObjectCount);
        test.Space.Unmap(area);
        Assert.Equal((0, 0), (test.Device.Mapping.AreaCount, test.Device.ObjectCount));
        test.AssertValid();
    }

    [Fact]
    public void XE_1_bo_evict()
    {
        using MemorySwapStore store = new(16);
        using GpuDevice device = new(new GpuDeviceOptions { VramBytes = 16 * PageBytes, Swap = store }, new InlineDriver());
        AddressSpace space = device.CreateAddressSpace();
        BufferObject[] all = new BufferObject[2];
        VmArea[] areas = new VmArea[2];
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(MmStatus.Ok, TryCreate(device, 4, Placement.Vram, out BufferObject? one));
            all[i] = one!;
            areas[i] = one!.Map(space);
            Assert.Equal(MmStatus.Ok, space.Write(areas[i].StartAddress, [(byte)(10 + i)]));
        }

        Pin(all[0]);
        ulong pinnedAt = all[0].Resource!.StartBytes;
        OperationContext context = default;
        Assert.Equal(MmStatus.Ok, device.Suspend(ref context));
        Assert.NotEqual(MemoryDomain.Vram, all[1].Resource!.Domain); // A pinned one keeps its place, and its bytes are in the store.
        device.Resume();
        Assert.Equal((MemoryDomain.Vram, pinnedAt), (all[0].Resource!.Domain, all[0].Resource!.StartBytes));
        byte[] read = new byte[1];
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(MmStatus.Ok, space.Read(areas[i].StartAddress, read));
            Assert.Equal(10 + i, read[0]);
        }

        all[1].Reserve();
        Assert.Equal(MmStatus.Ok, all[1].Validate(Placement.Vram, ref context));
        all[1].Unreserve();
        Assert.Empty(device.Validate());
    }

    [Fact]
    public void XE_2_shrink()
    {
        const int Count = 32; // Of two pages each: twice the system RAM
        using MemorySwapStore store = new(2 * Count);
        using GpuDevice device = new(
            new GpuDeviceOptions { SystemBytes = Count * PageBytes, ApertureBytes = 4 * Count * PageBytes, Swap = store }, new InlineDriver());
        AddressSpace space = device.CreateAddressSpace();
        BufferObject[] all = new BufferObject[Count];
        VmArea[] areas = new VmArea[Count];
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(MmStatus.Ok, TryCreate(device, 2, i % 3 == 0 ? Placement.Gtt : Placement.System, out BufferObject? one));
            all[i] = one!;
            areas[i] = one!.Map(space);
            Assert.Equal(MmStatus.Ok, space.Write(areas[i].StartAddress + PageBytes, [(byte)(i + 1)]));
            if (i % 4 == 3)
            {
                Advise(one, MemoryAdvice.DontNeed);
            }
        }

        byte[] read = new byte[1];
        for (int i = 0; i < Count; i++)
        {
            bool isKept = i % 4 != 3 || Advise(all[i], MemoryAdvice.WillNeed);
            Assert.Equal(MmStatus.Ok, space.Read(areas[i].StartAddress + PageBytes, read));
            Assert.Equal(isKept ? i + 1 : 0, read[0]);
        }

        Assert.Empty(device.Validate());
    }

    private static GpuDevice Device(ulong vramPages, SpaceAllocatorKind kind) =>
        new(new GpuDeviceOptions { VramBytes = vramPages * PageBytes, VramAllocator = kind }, new InlineDriver());

    private static MmStatus TryCreate(GpuDevice device, ulong pages, Placement placement, out BufferObject? made)
    {
        OperationContext context = default;
        return device.TryCreate(new BufferObjectDescription(pages * PageBytes), placement, ref context, out made);
    }

    private static BufferObject[] Fill(TestDevice test, int count, bool isPinned)
    {
        BufferObject[] all = new BufferObject[count];
        for (int i = 0; i < count; i++)
        {
            all[i] = test.Create(1, Placement.Vram);
            if (isPinned)
            {
                Pin(all[i]);
            }
        }

        return all;
    }

    private static bool Advise(BufferObject target, MemoryAdvice advice)
    {
        target.Reserve();
        bool isKept = target.Advise(advice);
        target.Unreserve();
        return isKept;
    }

    private static void Pin(BufferObject target)
    {
        target.Reserve();
        target.Pin();
        target.Unreserve();
    }

    private static void Unpin(params BufferObject[] targets)
    {
        foreach (BufferObject target in targets)
        {
            target.Reserve();
            target.Unpin();
            target.Unreserve();
        }
    }
}
