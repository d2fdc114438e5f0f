using System;
using System.Collections.Generic;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>GPU addresses: the fifteen ways in which a new mapping meets an old one, and a model of pages.</summary>
public sealed class GpuVmTests : IDisposable
{
    private const ulong Page = 4096;

    private readonly TestDevice _test = new();
    private readonly GpuVm _vm;
    private readonly List<GpuVmStep> _steps = [];

    public GpuVmTests()
    {
        _vm = new GpuVm(_test.Device, 0, 64 * Page);
    }

    public void Dispose()
    {
        _vm.Dispose();
        _test.Dispose();
    }

    // The old mapping is [10, 20) of object A from offset 0; the new one is given. What is left of the old one before and
    // behind, in pages; whether the bytes stay.
    [Theory]
    [InlineData(1, 10, 10, 'A', 0, 0, 0, true)] // the same again
    [InlineData(2, 10, 10, 'A', 2, 0, 0, false)] // another offset
    [InlineData(3, 10, 10, 'B', 0, 0, 0, false)] // another object
    [InlineData(4, 10, 14, 'A', 0, 0, 0, true)] // the old one is its left part
    [InlineData(5, 10, 4, 'B', 0, 0, 6, false)] // the left part of the old one
    [InlineData(6, 10, 4, 'A', 0, 0, 6, true)]
    [InlineData(7, 16, 4, 'B', 0, 6, 0, false)] // the right part of the old one
    [InlineData(8, 16, 4, 'A', 6, 6, 0, true)]
    [InlineData(9, 15, 10, 'B', 0, 5, 0, false)] // over its end
    [InlineData(10, 15, 10, 'A', 5, 5, 0, true)]
    [InlineData(11, 13, 4, 'B', 0, 3, 3, false)] // in its middle
    [InlineData(12, 13, 4, 'A', 3, 3, 3, true)]
    [InlineData(13, 5, 10, 'B', 0, 0, 5, false)] // over its start
    [InlineData(14, 5, 20, 'B', 0, 0, 0, false)] // the old one in the middle of the new one
    [InlineData(15, 6, 14, 'B', 0, 0, 0, false)] // the old one is its right part
    public void AnOverlapIsResolved(
        int number, int start, int count, char target, int offset, int before, int behind, bool keeps)
    {
        BufferObject a = _test.Create(32, Placement.System, "a");
        BufferObject b = _test.Create(32, Placement.System, "b");
        Map(10, 10, a, 0);
        _steps.Clear();
        Map((ulong)start, (ulong)count, target == 'A' ? a : b, (ulong)offset);
        Assert.True(_steps.Count == 2, $"case {number}");
        GpuVmStep first = _steps[0];
        Assert.Equal(before + behind == 0 ? GpuVmStepKind.Unmap : GpuVmStepKind.Remap, first.Kind);
        Assert.Equal((ulong)before * Page, first.Previous?.SizeBytes ?? 0);
        Assert.Equal((ulong)behind * Page, first.Next?.SizeBytes ?? 0);
        Assert.Equal(keeps, first.KeepsPages);
        Assert.Equal(GpuVmStepKind.Map, _steps[1].Kind);
        if (behind != 0)
        {
            Assert.Equal((ulong)(10 - behind) * Page, first.Next!.OffsetBytes);
        }
    }

    [Fact]
    public void WhatDoesNotFitIsRefusedAndChangesNothing()
    {
        BufferObject a = _test.Create(4, Placement.System, "a");
        _vm.Reservation.Lock();
        Assert.Equal(MmStatus.InvalidArgument, _vm.Map(60 * Page, 8 * Page, null, 0, _steps));
        Assert.Equal(MmStatus.InvalidArgument, _vm.Map(0, 5 * Page, a, 0, _steps));
        Assert.Equal(MmStatus.InvalidArgument, _vm.Map(0, 100, a, 0, _steps));
        Assert.Equal(MmStatus.InvalidArgument, _vm.Unmap(0, 0, _steps));
        Assert.Equal(MmStatus.InvalidArgument, _vm.Map(ulong.MaxValue - Page + 1, Page, null, 0, _steps));
        _vm.Reservation.Unlock();
        Assert.Empty(_steps);
        Assert.Empty(_vm.Mappings);
    }

    [Fact]
    public void RandomChangesAgreeWithAModelOfPages()
    {
        BufferObject[] objects = [_test.Create(64, Placement.System, "a"), _test.Create(64, Placement.System, "b")];
        (BufferObject? Target, ulong Page)?[] model = new (BufferObject?, ulong)?[64];
        Prng prng = new(1);
        for (int i = 0; i < 3000; i++)
        {
            ulong start = prng.Below(64);
            ulong count = 1 + prng.Below((uint)(64 - start));
            uint choice = prng.Below(4);
            if (choice == 3)
            {
                _vm.Reservation.Lock();
                Assert.Equal(MmStatus.Ok, _vm.Unmap(start * Page, count * Page, _steps));
                _vm.Reservation.Unlock();
            }
            else
            {
                Map(start, count, choice == 2 ? null : objects[choice], choice == 2 ? 0 : start / 2);
            }

            for (ulong page = start; page < start + count; page++)
            {
                model[page] = choice == 3 ? null : choice == 2 ? (null, 0) : (objects[choice], (start / 2) + page - start);
            }

            for (ulong page = 0; page < 64; page++)
            {
                GpuVmMapping? found = _vm.Find(page * Page);
                Assert.Equal(
                    model[page],
                    found is null ? null : (found.Target, found.Target is null ? 0 : ((found.OffsetBytes / Page) + page - (found.StartBytes / Page))));
            }
        }

        // Every mapping holds one reference: with the last of them, and ours, the objects go.
        _vm.Dispose();
        Assert.Equal(2, _test.Device.ObjectCount);
        Assert.All(objects, static target => target.Release());
        Assert.Equal(0, _test.Device.ObjectCount);
    }

    private void Map(ulong start, ulong count, BufferObject? target, ulong offset)
    {
        _vm.Reservation.Lock();
        Assert.Equal(MmStatus.Ok, _vm.Map(start * Page, count * Page, target, offset * Page, _steps));
        _vm.Reservation.Unlock();
    }
}
