using System;
using System.Linq;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Ranges;
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
    public void APinnedObjectThatMovedIsFound()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(2, Placement.Vram, "t");
        texture.Reserve();
        texture.Pin();
        texture.Resource!.IsPinnedHere = false; // As if the resource were a new one.
        texture.Reservation.Unlock();
        Assert.Contains("moved nevertheless", Assert.Single(test.Device.Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public void AFenceThatWasNeverIssuedIsFound()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(2, Placement.Vram, "t");
        texture.Reserve();
        texture.Reservation.AddFence(new Fence(new FenceContext("c"), 4), FenceUsage.Read);
        texture.Reservation.Unlock();
        Assert.Contains("never issued", Assert.Single(test.Device.Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public void PagesThatNobodyHoldsAreFound()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(2, Placement.Gtt, "t");
        RangeList leaked = default;
        test.Device.SystemPages.TryTake(3 * 4096, Caching.Cached, clear: false, ref leaked);
        Assert.Contains("20480 bytes of system pages are said to be used, the objects hold 8192", Assert.Single(test.Device.Validate()), StringComparison.Ordinal);
        texture.Release();
    }

    [Fact]
    public void ATableThatShowsOtherPagesIsFound()
    {
        using GpuDevice device = new(new GpuDeviceOptions { SystemBytes = 1 << 20, Gart = GartMode.Eager }, new InlineDriver());
        OperationContext context = default;
        device.TryCreate(new BufferObjectDescription(8192, "t"), Placement.Gtt, ref context, out BufferObject? texture);
        Assert.Empty(device.Validate());
        texture!.Resource!.IsBound = true;
        device.Gart!.Unbind(texture.Resource);
        texture.Resource.IsBound = true;
        Assert.Contains("whose table shows nothing", Assert.Single(device.Validate()), StringComparison.Ordinal);
    }

    [Fact]
    public void BytesThatDifferAfterAMoveAreFound()
    {
        GpuDeviceOptions options = new() { SystemBytes = 1 << 20, VramBytes = 1 << 20, ChecksContents = true };
        ForgetfulDriver driver = new();
        using GpuDevice device = new(options, driver);
        AddressSpace space = device.CreateAddressSpace();
        OperationContext context = default;
        device.TryCreate(new BufferObjectDescription(8192, "t"), Placement.Gtt, ref context, out BufferObject? texture);
        VmArea area = texture!.Map(space);
        space.Write(area.StartAddress, [1, 2, 3]);
        texture.Reserve();
        texture.Validate(Placement.Vram, ref context);
        Assert.Empty(Unlocked(texture, device));
        driver.Forgets = true;
        space.Write(area.StartAddress, [4, 5, 6]);
        texture.Reserve();
        texture.Validate(Placement.Gtt, ref context);
        Assert.Contains("bytes of 't' differ after a move from Vram to Gtt", Assert.Single(Unlocked(texture, device)), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsHeldIsSkippedAndTheReportSaysSo()
    {
        using TestDevice test = new();
        BufferObject texture = test.Create(2, Placement.Gtt, "t");
        test.Create(2, Placement.Gtt, "other");
        Assert.True(test.Device.Validate().IsComplete);
        texture.Reserve();
        ValidationReport report = test.Device.Validate();
        texture.Reservation.Unlock();
        Assert.Equal((1, 1, false), (report.CheckedObjects, report.SkippedObjects, report.IsComplete));
        Assert.Equal("1 objects checked, 1 skipped because somebody holds them, system pages not counted, 0 violations", report.ToString());
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

    private static ValidationReport Unlocked(BufferObject target, GpuDevice device)
    {
        target.Reservation.Unlock();
        return device.Validate();
    }

    private sealed class ForgetfulDriver : InlineDriver
    {
        public bool Forgets { get; set; }

        public override MoveResult Move(in MoveRequest request) => Forgets ? MoveResult.Done : base.Move(request);
    }
}
