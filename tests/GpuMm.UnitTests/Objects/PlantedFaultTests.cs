using System;
using System.Linq;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>Validate() proves itself: each fault that is planted must be found, for the stated reason.</summary>
public sealed class PlantedFaultTests
{
    [Fact]
    public void AnEntryThatNamesAnotherFrameIsFound()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(2, Placement.Vram, "t");
        VmArea area = texture.Map(test.Space);
        test.Space.Write(area.StartAddress, [1]);
        ulong page = area.StartAddress >> 12;
        test.Space.PageTable.Zap(page, 1);
        test.Space.PageTable.Insert(page, new Pte(new FrameIndex((int)MemoryDomain.System, 3), Caching.Cached, true), 1);
        Assert.Contains("stale entry", Assert.Single(test.Device.Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public void AMoveThatForgetsToRevokeIsFound()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(2, Placement.Vram, "t");
        VmArea area = texture.Map(test.Space);
        test.Space.Write(area.StartAddress, [1]);
        Pte stale = test.Space.Translate(area.StartAddress);
        test.Place(texture, Placement.Gtt);
        test.Space.PageTable.Insert(area.StartAddress >> 12, stale, 1);
        Assert.Contains(test.Device.Validate(), static problem => problem.Contains("stale entry", StringComparison.Ordinal));
    }

    [Fact]
    public void SystemPagesThatWereNotGivenBackAreFound()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(2, Placement.Vram, "t");
        texture.Reserve();
        test.Device.Populate(texture, clear: true);
        texture.Unreserve();
        Assert.Contains("still has system pages", Assert.Single(test.Device.Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public void AnObjectOnTheWrongListIsFound()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(2, Placement.Vram, "t");
        texture.Resource!.List!.Remove(texture.Resource);
        Assert.Contains(test.Device.Validate(), static problem => problem.Contains("are said to be used", StringComparison.Ordinal));
    }

    [Fact]
    public void ALeakOfAResourceIsFound()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(2, Placement.Vram, "t");
        Resource lost = texture.Resource!;
        texture.Resource = null;
        texture.Reserve();
        OperationContext context = default;
        texture.Validate(Placement.Vram, ref context);
        texture.Reservation.Unlock();
        Assert.NotSame(lost, texture.Resource);
        Assert.Contains(test.Device.Validate(), static problem => problem.Contains("does not hold", StringComparison.Ordinal));
    }

    [Fact]
    public void AQuietDeviceHasNoProblems()
    {
        using TestDevice test = new();
        BufferObject[] objects = [.. Enumerable.Range(0, 20).Select(i => test.Create((ulong)(i % 5) + 1, Placement.VramThenGtt))];
        Assert.Empty(test.Device.Validate());
        Assert.All(objects, static o => o.Release());
        Assert.Empty(test.Device.Validate());
    }
}
