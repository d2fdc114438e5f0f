using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>The paths that a frame takes over and over allocate no managed memory once everything has grown.</summary>
public sealed class AllocationTests
{
    private readonly byte[] _bytes = new byte[20 * 4096];

    [Fact]
    public void EvictingMovingAndFaultingBackAllocateNothing()
    {
        using TestDevice test = new(vramPages: 20, backing: BackingKind.PageHeads);
        BufferObject[] pair = [test.Create(20, Placement.Vram), test.Create(20, Placement.Vram)];
        VmArea[] areas = [pair[0].Map(test.Space), pair[1].Map(test.Space)];
        AcquireContext acquire = new();
        AssertNothing(() =>
        {
            for (int i = 0; i < 2; i++)
            {
                OperationContext context = default;
                acquire.LockAll([pair[i].Reservation]);
                MmStatus status = pair[i].Validate(Placement.Vram, ref context);
                pair[i].Bump();
                acquire.UnlockAll();
                status |= test.Space.Write(areas[i].StartAddress, _bytes);
                status |= test.Space.Read(areas[1 - i].StartAddress, _bytes);
                if (status != MmStatus.Ok)
                {
                    throw new InvalidOperationException($"{status}");
                }
            }
        });
        Assert.True(test.Device.Statistics.Evictions > 100);
    }

    [Fact]
    public void APlaceThatIsFullAllocatesNothing()
    {
        using TestDevice test = new(vramPages: 4);
        BufferObject pinned = test.Create(4, Placement.Vram);
        pinned.Reserve();
        pinned.Pin();
        pinned.Unreserve();
        BufferObject other = test.Create(4, Placement.System);
        AssertNothing(() =>
        {
            if (test.Place(other, Placement.Vram) != MmStatus.OutOfMemory)
            {
                throw new InvalidOperationException("There is no room.");
            }
        });
    }

    private static void AssertNothing(Action body)
    {
        for (int i = 0; i < 50; i++)
        {
            body();
        }

        ManagedBytes bytes = ManagedBytes.Count();
        for (int i = 0; i < 50; i++)
        {
            body();
        }

        Assert.Equal(0, bytes.Allocated);
    }
}
