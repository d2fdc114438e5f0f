using System;
using GpuMm.Paging;
using Xunit;

namespace GpuMm.UnitTests.Paging;

/// <summary>Areas: fixed addresses, parts, protection, remapped pages, base pages.</summary>
public sealed class AreaTests
{
    private const ulong Base = 0x4000_0000;

    [Fact]
    public void UnmappingTheMiddleLeavesTwoAreasThatStillShowTheirPages()
    {
        using PagingBench bench = new();
        bench.NumberPages(12);
        bench.Map(0, 12, Base);
        Assert.Equal(11, bench.Load(Base + (11 * 4096)));
        Assert.Equal(MmStatus.Ok, bench.Space.Unmap(Base + (4 * 4096), 4 * 4096));
        Assert.Equal(2, bench.Space.AreaCount);
        Assert.Equal(MmStatus.AccessViolation, bench.Space.Read(Base + (4 * 4096), new byte[1]));
        Assert.Equal(3, bench.Load(Base + (3 * 4096)));
        Assert.Equal(8, bench.Load(Base + (8 * 4096)));
        Assert.Equal((3, 1), (bench.Identity.Opened, bench.Identity.Closed));
        Assert.Null(bench.Mapping.Validate());

        // A revocation finds both parts, and only what lies in the window.
        Assert.Equal(2, bench.Mapping.Unmap(new PageWindow(3, 6)));
        Assert.True(bench.Space.Translate(Base + (11 * 4096)).IsPresent);
    }

    [Fact]
    public void APieceThatContinuesItsNeighbourIsMerged()
    {
        using PagingBench bench = new();
        VmArea head = bench.Map(0, 4, Base);
        Assert.Same(head, bench.Map(4, 4, Base + (4 * 4096)));
        Assert.Equal((1, 8ul), (bench.Space.AreaCount, head.Window.PageCount));
        VmArea apart = bench.Map(20, 4, Base + (8 * 4096));
        Assert.NotSame(head, apart);
        Assert.Equal((3, 1), (bench.Identity.Opened, bench.Identity.Closed));
        Assert.Equal(2, bench.Mapping.AreaCount);
    }

    [Fact]
    public void AFixedAddressThatIsTakenIsRefusedOrReplaced()
    {
        using PagingBench bench = new();
        bench.NumberPages(32);
        bench.Map(0, 8, Base);
        VmAreaDescription middle = new(new PageWindow(20, 2), VmProtection.ReadWrite) { FixedAddress = Base + 8192 };
        Assert.Equal(MmStatus.Overlap, bench.Space.TryMap(bench.Mapping, bench.Identity, middle, out _));
        Assert.Equal(MmStatus.Ok, bench.Space.TryMap(bench.Mapping, bench.Identity, middle with { Replaces = true }, out _));
        Assert.Equal([1, 20, 21, 4], [bench.Load(Base + 4096), bench.Load(Base + 8192), bench.Load(Base + 12288), bench.Load(Base + 16384)]);
        Assert.Equal(MmStatus.InvalidArgument, bench.Space.TryMap(bench.Mapping, bench.Identity, middle with { FixedAddress = Base + 1 }, out _));
    }

    [Fact]
    public void PrivateAndWritableIsRefusedAtMapAndAtProtect()
    {
        using PagingBench bench = new();
        VmAreaDescription wish = new(new PageWindow(0, 4), VmProtection.ReadWrite) { IsPrivate = true };
        Assert.Equal(MmStatus.InvalidArgument, bench.Space.TryMap(bench.Mapping, bench.Identity, wish, out _));
        Assert.Throws<ArgumentException>(() => bench.Space.Map(bench.Mapping, bench.Identity, wish));
        VmArea area = bench.Space.Map(bench.Mapping, bench.Identity, wish with { Protection = VmProtection.Read });
        Assert.Equal(MmStatus.InvalidArgument, bench.Space.Protect(area.StartAddress, area.SizeBytes, VmProtection.ReadWrite));
    }

    [Fact]
    public void ProtectingAPartSplitsAndTakingItBackMerges()
    {
        using PagingBench bench = new();
        VmArea area = bench.Map(0, 8, Base);
        Assert.Equal(MmStatus.Ok, bench.Space.Write(Base, new byte[8 * 4096]));
        Assert.Equal(MmStatus.Ok, bench.Space.Protect(Base + 8192, 8192, VmProtection.Read));
        Assert.Equal(3, bench.Space.AreaCount);
        Assert.Equal(MmStatus.AccessViolation, bench.Space.Write(Base + 8192, [1]));
        Assert.Equal(MmStatus.Ok, bench.Space.Read(Base + 8192, new byte[1]));
        Assert.Equal(MmStatus.Ok, bench.Space.Protect(Base + 8192, 8192, VmProtection.ReadWrite));
        Assert.Equal(1, bench.Space.AreaCount);
        int faults = bench.Identity.Faults;
        Assert.Equal(MmStatus.Ok, bench.Space.Write(Base + 8192, [1])); // The entry is there, read-only: no fault for a page.
        Assert.Equal(faults, bench.Identity.Faults);
        Assert.Equal(MmStatus.OutOfMemory, bench.Space.Protect(Base, 9 * 4096, VmProtection.Read));
        Assert.Same(area, bench.Space.FindArea(Base));
    }

    [Fact]
    public void WhatLiesBelowAndAboveAnUnmappedRangeStays()
    {
        using PagingBench bench = new();
        VmArea below = bench.Map(0, 2, Base);
        VmArea above = bench.Map(32, 2, Base + (10 * 4096));
        Assert.Equal(MmStatus.Ok, bench.Space.Unmap(Base + 8192, 8 * 4096)); // The hole between them.
        bench.Map(16, 2, Base + (4 * 4096));
        Assert.Equal(MmStatus.Ok, bench.Space.Unmap(Base + 8192, 8 * 4096)); // All of what lies in it.
        Assert.Equal(2, bench.Space.AreaCount);
        Assert.Same(below, bench.Space.FindArea(Base + 4096));
        Assert.Same(above, bench.Space.FindArea(Base + (10 * 4096)));
    }

    [Fact]
    public void RemappedPagesAreServedByTheSameHandlerAndFoundByARevocation()
    {
        using PagingBench bench = new();
        bench.NumberPages(64);
        VmArea area = bench.Map(0, 8, Base);
        Assert.Equal(2, bench.Load(Base + 8192));
        Assert.Equal(MmStatus.Ok, bench.Space.RemapFilePages(Base + 8192, 8192, 50));
        Assert.True(area.IsNonLinear);
        Assert.Equal([1, 50, 51, 4], [bench.Load(Base + 4096), bench.Load(Base + 8192), bench.Load(Base + 12288), bench.Load(Base + 16384)]);
        Assert.Equal(1, bench.Mapping.Unmap(new PageWindow(51, 1)));
        Assert.False(bench.Space.Translate(Base + 12288).IsPresent);
        Assert.Equal(0, bench.Mapping.Unmap(new PageWindow(2, 2)));
        Assert.Equal(MmStatus.Ok, bench.Space.Unmap(Base, 8192));
        Assert.Equal(50, bench.Load(Base + 8192));
        Assert.Equal(MmStatus.Ok, bench.Space.RemapFilePages(Base + 8192, 8192, 2));
        Assert.False(bench.Space.FindArea(Base + 8192)!.IsNonLinear);
        Assert.Equal(MmStatus.InvalidArgument, bench.Space.RemapFilePages(Base, 4096, 2));
    }

    [Theory]
    [InlineData(4096ul)]
    [InlineData(16384ul)]
    [InlineData(65536ul)]
    public void TheBasePageIsAnOptionOfTheAddressSpace(ulong basePage)
    {
        using PagingBench bench = new(options: new AddressSpaceOptions { BasePageBytes = basePage });
        byte[] bytes = new byte[200_000];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = unchecked((byte)((i * 7) + (i >> 12)));
        }

        VmArea area = bench.Map(0, 64);
        Assert.Equal(MmStatus.Ok, bench.Space.Write(area.StartAddress + 777, bytes));
        byte[] read = new byte[bytes.Length];
        Assert.Equal(MmStatus.Ok, bench.Space.Read(area.StartAddress + 777, read));
        Assert.Equal(bytes, read);
        Assert.Equal((int)((200_776 / basePage) + 1), bench.Identity.Faults);
        Assert.Equal(basePage == 4096, bench.Space.Unmap(area.StartAddress + 4096, 4096) == MmStatus.Ok);
    }

    [Fact]
    public void AnAreaWithACachingOfItsOwnOverridesTheHandler()
    {
        using PagingBench bench = new();
        VmArea area = bench.Space.Map(
            bench.Mapping, bench.Identity, new VmAreaDescription(new PageWindow(0, 4), VmProtection.Read) { Caching = Caching.Uncached });
        bench.Load(area.StartAddress);
        Assert.Equal(Caching.Uncached, bench.Space.Translate(area.StartAddress).Caching);
    }

    [Fact]
    public void ATerabyteCostsWhatIsTouchedOfIt()
    {
        using PagingBench bench = new(pages: 1ul << 28, kind: GpuMm.Backing.BackingKind.None);
        VmArea area = bench.Map(0, 1ul << 28);
        ulong before = bench.Space.PageTableBytes;
        for (ulong i = 0; i < 64; i++)
        {
            bench.Load(area.StartAddress + (i << 34));
        }

        Assert.InRange(bench.Space.PageTableBytes - before, 64ul * 4096, 64ul * 2 * 4096);
        Assert.Equal(64, bench.Mapping.Unmap(area.Window));
    }
}
