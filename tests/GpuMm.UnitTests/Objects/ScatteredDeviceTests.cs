using System;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Paging;
using Xunit;

namespace GpuMm.UnitTests.Objects;

/// <summary>A device whose aperture and system RAM count pages and give them no place.</summary>
public sealed class ScatteredDeviceTests
{
    private const ulong Page = 4096;

    private static readonly GpuDeviceOptions s_options = new()
    {
        VramBytes = 8 * Page,
        ApertureBytes = 8 * Page,
        SystemBytes = 64 * Page,
        Backing = BackingKind.None,
        ScattersAperture = true,
        ScattersSystem = true,
    };

    [Fact]
    public void TheApertureIsFullWhenItsBytesAreNotWhenItHasHoles()
    {
        using GpuDevice device = new(s_options, new InlineDriver());
        BufferObject[] made = new BufferObject[8];
        for (int i = 0; i < made.Length; i++)
        {
            made[i] = Create(device, Page, Placement.Gtt);
        }

        for (int i = 0; i < made.Length; i += 2)
        {
            made[i].Release();
        }

        // Four pages are free, no two of them side by side.
        BufferObject large = Create(device, 4 * Page, Placement.Gtt);
        Assert.Equal(MemoryDomain.Gtt, large.Resource!.Domain);
        Assert.Equal(0, device.Statistics.Evictions);
        Assert.Equal(8 * Page, device.Manager(MemoryDomain.Gtt).UsedBytes);
        Assert.Empty(device.Validate());
    }

    [Fact]
    public void ObjectsMoveAndAreAccessedAsElsewhere()
    {
        using GpuDevice device = new(s_options, new InlineDriver());
        BufferObject first = Create(device, 6 * Page, Placement.Vram);
        BufferObject second = Create(device, 6 * Page, Placement.Vram);
        Assert.Equal((MemoryDomain.Gtt, MemoryDomain.Vram), (first.Resource!.Domain, second.Resource!.Domain));
        AddressSpace space = device.CreateAddressSpace();
        VmArea area = first.Map(space);
        Assert.Equal(MmStatus.Ok, space.Write(area.StartAddress + (5 * Page), [1, 2, 3]));
        Assert.Empty(device.Validate());
        space.Unmap(area);
        first.Release();
        second.Release();
        Assert.Equal((0ul, 0ul), (device.SystemPagesUsedBytes, device.Manager(MemoryDomain.Gtt).UsedBytes));
    }

    [Fact]
    public void WithContentsPoolOrTableItIsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new GpuDevice(s_options with { Backing = BackingKind.PageHeads }, new InlineDriver()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GpuDevice(s_options with { PagePoolBytes = Page }, new InlineDriver()));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GpuDevice(s_options with { Gart = GartMode.Eager }, new InlineDriver()));
    }

    private static BufferObject Create(GpuDevice device, ulong sizeBytes, Placement placement)
    {
        OperationContext context = default;
        Assert.Equal(MmStatus.Ok, device.TryCreate(new BufferObjectDescription(sizeBytes), placement, ref context, out BufferObject? made));
        return made!;
    }
}
