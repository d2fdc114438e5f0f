using System;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Handles, sharing, names, and what a developer reads of them.</summary>
public sealed class ClientTests
{
    [Fact]
    public void AnObjectLivesAsLongAsAnyHandle()
    {
        using TestDevice test = new();
        using GpuClient first = new(test.Device, 1, "desktop");
        using GpuClient second = new(test.Device, 2, "game");
        BufferObject target = test.Create(2, Placement.Vram);
        uint handle = first.Open(target);
        target.Release();
        Assert.True(first.Share(handle, second, out uint shared));
        Assert.True(first.Close(handle));
        Assert.False(first.Close(handle));
        Assert.False(first.Share(handle, second, out _));
        Assert.True(second.TryGet(shared, out BufferObject? same));
        Assert.Same(target, same);
        second.Dispose();
        Assert.Equal(0, test.Device.ObjectCount);
    }

    [Fact]
    public void ANameGoesWithTheLastHandle()
    {
        using TestDevice test = new();
        using GpuClient first = new(test.Device, 1, "desktop");
        using GpuClient second = new(test.Device, 2, "game");
        BufferObject target = test.Create(2, Placement.Vram);
        uint handle = first.Open(target);
        uint name = test.Device.Publish(target);
        Assert.Equal(name, test.Device.Publish(target));
        Assert.True(test.Device.TryOpenPublished(name, second, out uint opened));
        first.Close(handle);
        Assert.True(test.Device.TryOpenPublished(name, first, out handle));
        first.Close(handle);
        second.Close(opened);
        Assert.False(test.Device.TryOpenPublished(name, second, out opened));
        Assert.Equal(0u, opened);
        target.Release();
        Assert.Equal(0, test.Device.ObjectCount);
    }

    [Fact]
    public void TheFileTextCountsTotalsSharedResidentPurgeableAndActive()
    {
        using TestDevice test = new();
        using GpuClient client = new(test.Device, 7, "game");
        using GpuClient other = new(test.Device, 8, "desktop");
        BufferObject vram = test.Create(4, Placement.Vram);
        BufferObject gtt = test.Create(2, Placement.Gtt);
        uint handle = client.Open(vram);
        client.Open(gtt);
        client.Share(handle, other, out _);
        gtt.Reserve();
        gtt.Advise(MemoryAdvice.DontNeed);
        gtt.Reservation.AddFence(new FenceContext("job").Issue(), FenceUsage.Read);
        gtt.Unreserve();
        BufferObject idle = test.Create(3, Placement.System);
        client.Open(idle);
        idle.Reserve();
        Assert.Equal(MmStatus.Ok, test.Device.TryPopulate(idle));
        idle.Advise(MemoryAdvice.DontNeed);
        idle.Unreserve();
        string text = client.FdInfo();
        Assert.StartsWith("drm-driver:\tgpumm\ndrm-client-id:\t7\ndrm-client-name:\tgame\n", text, StringComparison.Ordinal);
        foreach (string line in (string[])["drm-total-vram:\t16 KiB", "drm-shared-vram:\t16 KiB", "drm-resident-vram:\t16 KiB",
            "drm-active-vram:\t0 KiB", "drm-total-gtt:\t8 KiB", "drm-shared-gtt:\t0 KiB", "drm-purgeable-gtt:\t0 KiB", "drm-active-gtt:\t8 KiB", "drm-resident-system:\t12 KiB", "drm-purgeable-system:\t12 KiB"])
        {
            Assert.Contains(line + "\n", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TheDumpNamesEveryObjectInOrder()
    {
        using TestDevice test = new();
        test.Create(4, Placement.Vram, "front");
        BufferObject pinned = test.Create(2, Placement.Vram, "scanout");
        pinned.Reserve();
        pinned.Pin();
        pinned.Unreserve();
        string text = test.Device.Dump();
        Assert.Contains("Vram: size 256 KiB, used 24 KiB (9 %), peak 24 KiB, largest hole 232 KiB, own memory\n", text, StringComparison.Ordinal);
        Assert.Contains("  priority 0, oldest first: 1 of 16 KiB\n", text, StringComparison.Ordinal);
        Assert.Contains("         1     16 KiB  0x00000000      front                 0 \n", text, StringComparison.Ordinal);
        Assert.Contains("  cannot be evicted: 1 of 8 KiB\n", text, StringComparison.Ordinal);
        Assert.Contains("scanout               0  pinned 1\n", text, StringComparison.Ordinal);
        Assert.Contains("objects: 2, evictions 0", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheDumpTellsWhyAnObjectIsBusyAndHowManyItLeavesOut()
    {
        using TestDevice test = new();
        BufferObject used = test.Create(4, Placement.Vram, "used");
        BufferObject held = test.Create(2, Placement.Vram, "held");
        test.Create(1, Placement.Vram, "left out");
        MemoryGroup group = test.Device.RootGroup.CreateChild("desktop");
        group.SetLimits(MemoryDomain.Vram, new MemoryLimits(MinBytes: 4096, LowBytes: 8192));
        FenceContext jobs = new("ring0");
        used.Reserve();
        used.Advise(MemoryAdvice.DontNeed);
        used.Reservation.AddFence(jobs.Issue(), FenceUsage.Write);
        used.Reservation.Unlock();
        held.Reserve();
        string text = test.Device.Dump(linesPerList: 2);
        held.Reservation.Unlock();
        Assert.StartsWith("policy lru\n", text, StringComparison.Ordinal);
        Assert.Contains(" purgeable busy until ring0:1\n", text, StringComparison.Ordinal);
        Assert.Contains(" reserved\n", text, StringComparison.Ordinal);
        Assert.Contains("    and 1 more of 4 KiB\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("left out", text, StringComparison.Ordinal);
        Assert.Contains("group desktop in Vram: current 0 KiB, peak 0 KiB, min 4 KiB, low 8 KiB, max max\n", text, StringComparison.Ordinal);
        jobs.SignalTo(1);
    }
}
