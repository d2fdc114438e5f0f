using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Paging;
using Xunit;

namespace GpuMm.UnitTests.Paging;

/// <summary>What each answer of a fault handler means to the core.</summary>
public sealed class FaultContractTests
{
    private static readonly byte[] s_byte = new byte[1];

    [Fact]
    public void TheValuesAreThoseOfTheKernel()
    {
        uint[] expected =
            [0u, 0x1, 0x2, 0x4, 0x10, 0x20, 0x40, 0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000, 0x4000, 0xf0000];
        uint[] actual =
            [
                (uint)VmFaultResult.None, (uint)VmFaultResult.OutOfMemory, (uint)VmFaultResult.SigBus, (uint)VmFaultResult.Major,
                (uint)VmFaultResult.HwPoison, (uint)VmFaultResult.HwPoisonLarge, (uint)VmFaultResult.SigSegv, (uint)VmFaultResult.NoPage,
                (uint)VmFaultResult.Locked, (uint)VmFaultResult.Retry, (uint)VmFaultResult.Fallback, (uint)VmFaultResult.DoneCow,
                (uint)VmFaultResult.NeedsDataSync, (uint)VmFaultResult.Completed, (uint)VmFaultResult.HugeIndexMask,
            ];
        Assert.Equal(expected, actual);
        Assert.Equal(0xfff, (int)(VmFaultFlags.AreaLock - 1));
    }

    [Theory]
    [InlineData(VmFaultResult.OutOfMemory, MmStatus.OutOfMemory)]
    [InlineData(VmFaultResult.SigBus, MmStatus.BusError)]
    [InlineData(VmFaultResult.HwPoison, MmStatus.BusError)]
    [InlineData(VmFaultResult.HwPoisonLarge, MmStatus.BusError)]
    [InlineData(VmFaultResult.Fallback, MmStatus.BusError)]
    [InlineData(VmFaultResult.SigSegv, MmStatus.AccessViolation)]
    public void AnErrorEndsTheAccess(VmFaultResult answer, MmStatus status)
    {
        using PagingBench bench = new();
        VmArea area = bench.Map(new ScriptedOperations((ref VmFault fault) => answer));
        Assert.Equal(status, bench.Space.Read(area.StartAddress, s_byte));
    }

    [Fact]
    public void APageThatIsAnsweredUnlockedIsLockedRecheckedAndInstalled()
    {
        using PagingBench bench = new();
        bench.NumberPages(8);
        Reservation pageLock = new();
        ScriptedOperations operations = new((ref VmFault fault) =>
        {
            fault.SetPage(new FrameIndex(0, 5), Caching.WriteCombined, pageLock);
            return VmFaultResult.None;
        })
        { IsCurrent = false };
        VmArea area = bench.Map(operations);
        Assert.Equal(MmStatus.Ok, bench.Space.TryFault(area.StartAddress, AccessKind.Read));
        Assert.False(bench.Space.Translate(area.StartAddress).IsPresent);
        operations.IsCurrent = true;
        Assert.Equal(5, bench.Load(area.StartAddress));
        Assert.Equal(Caching.WriteCombined, bench.Space.Translate(area.StartAddress).Caching);
        Assert.False(pageLock.IsLocked);
    }

    [Fact]
    public void APageThatIsAnsweredLockedIsInstalledAndUnlocked()
    {
        using PagingBench bench = new();
        bench.NumberPages(8);
        Reservation pageLock = new();
        ScriptedOperations operations = new((ref VmFault fault) =>
        {
            pageLock.Lock();
            fault.SetPage(new FrameIndex(0, 6), Caching.Cached, pageLock);
            return VmFaultResult.Locked;
        })
        { IsCurrent = false };
        VmArea area = bench.Map(operations);
        Assert.Equal(6, bench.Load(area.StartAddress));
        Assert.False(pageLock.IsLocked);
    }

    [Fact]
    public void CompletedMeansDoneWithTheLockGivenBack()
    {
        using PagingBench bench = new();
        ScriptedOperations operations = new((ref VmFault fault) =>
        {
            bench.Held.Lock();
            fault.InsertPte(new FrameIndex(0, 1), Caching.Cached, bench.Held);
            bench.Held.Unlock();
            fault.CompleteWithoutSpaceLock();
            return VmFaultResult.Completed;
        });
        VmArea area = bench.Map(operations);
        Assert.Equal(MmStatus.Ok, bench.Space.Read(area.StartAddress, s_byte));
        bench.Space.Unmap(area); // Takes the lock exclusively: nobody may be left inside.
    }

    [Fact]
    public void RetryComesOnceAndTheSecondAttemptIsMajor()
    {
        using PagingBench bench = new();
        VmFaultFlags second = default;
        ScriptedOperations operations = new((ref VmFault fault) =>
        {
            if (fault.IsFirstRetryableAttempt)
            {
                fault.DropSpaceLock();
                return VmFaultResult.Retry;
            }

            second = fault.Flags;
            fault.SetPage(new FrameIndex(0, 1), Caching.Cached, null);
            return VmFaultResult.None;
        });
        VmArea area = bench.Map(operations);
        Assert.Equal(MmStatus.Ok, bench.Space.Read(area.StartAddress, s_byte));
        Assert.Equal(2, operations.Faults);
        Assert.True((second & VmFaultFlags.Tried) != 0);
        Assert.Equal(1, bench.Space.MajorFaults);
    }

    [Fact]
    public void AfterARetryTheAreaIsLookedUpAgain()
    {
        using PagingBench bench = new();
        ScriptedOperations operations = new((ref VmFault fault) =>
        {
            fault.DropSpaceLock();
            bench.Space.Unmap(fault.Area);
            return VmFaultResult.Retry;
        });
        VmArea area = bench.Map(operations);
        Assert.Equal(MmStatus.AccessViolation, bench.Space.Read(area.StartAddress, s_byte));
    }

    [Fact]
    public void ASecondRetryAndAWrongLedgerAreRefused()
    {
        using PagingBench bench = new();
        VmArea twice = bench.Map(new ScriptedOperations((ref VmFault fault) =>
        {
            if (fault.IsFirstRetryableAttempt)
            {
                fault.DropSpaceLock();
            }

            return VmFaultResult.Retry;
        }));
        Assert.Throws<InvalidOperationException>(() => bench.Space.Read(twice.StartAddress, s_byte));
        VmArea kept = bench.Map(new ScriptedOperations((ref VmFault fault) => VmFaultResult.Retry));
        Assert.Throws<InvalidOperationException>(() => bench.Space.Read(kept.StartAddress, s_byte));
        Assert.Equal(MmStatus.Busy, bench.Space.TryFault(kept.StartAddress, AccessKind.Read));
        VmArea cow = bench.Map(new ScriptedOperations((ref VmFault fault) => VmFaultResult.DoneCow | VmFaultResult.NoPage));
        Assert.Throws<InvalidOperationException>(() => bench.Space.Read(cow.StartAddress, s_byte));
        VmArea empty = bench.Map(new ScriptedOperations((ref VmFault fault) => VmFaultResult.None));
        Assert.Throws<InvalidOperationException>(() => bench.Space.Read(empty.StartAddress, s_byte));
        bench.Space.Unmap(empty); // And every one of them gave the lock back.
    }

    [Fact]
    public void EntriesGoInUnderTheDeclaredLockOnly()
    {
        using PagingBench bench = new();
        Reservation other = new();
        ScriptedOperations operations = new((ref VmFault fault) =>
        {
            other.Lock();
            try
            {
                fault.InsertPte(new FrameIndex(0, 1), Caching.Cached, other);
            }
            finally
            {
                other.Unlock();
            }

            return VmFaultResult.NoPage;
        })
        { Declared = bench.Held };
        VmArea area = bench.Map(operations);
        Assert.Throws<InvalidOperationException>(() => bench.Space.Read(area.StartAddress, s_byte));
        VmArea unlocked = bench.Map(new ScriptedOperations((ref VmFault fault) =>
        {
            fault.InsertPte(new FrameIndex(0, 1), Caching.Cached, bench.Held);
            return VmFaultResult.NoPage;
        }));
        Assert.Throws<InvalidOperationException>(() => bench.Space.Read(unlocked.StartAddress, s_byte));
    }

    [Fact]
    public void AWriteThroughAReadOnlyEntryAsksToMakeItWritable()
    {
        using PagingBench bench = new();
        int asked = 0;
        ScriptedOperations operations = new((ref VmFault fault) =>
        {
            bench.Held.Lock();
            fault.InsertPte(new FrameIndex(0, 1), Caching.Cached, bench.Held, isReadOnly: true);
            bench.Held.Unlock();
            return VmFaultResult.NoPage;
        })
        {
            OnMakeWritable = (ref VmFault fault) =>
            {
                asked++;
                Assert.True((fault.Flags & (VmFaultFlags.MakeWritable | VmFaultFlags.OriginalPteValid)) == (VmFaultFlags.MakeWritable | VmFaultFlags.OriginalPteValid));
                return VmFaultResult.None;
            },
        };
        VmArea area = bench.Map(operations);
        bench.Load(area.StartAddress);
        Assert.Equal(0, bench.Space.CountUsedPages(area.StartAddress, 4096, isClearing: false, out int dirty) - 1);
        Assert.Equal(0, dirty);
        Assert.Equal(MmStatus.Ok, bench.Space.Write(area.StartAddress, [1]));
        Assert.Equal(MmStatus.Ok, bench.Space.Write(area.StartAddress, [2]));
        Assert.Equal((1, 1), (asked, operations.Faults));
        Assert.Equal(1, bench.Space.CountUsedPages(area.StartAddress, 4096, isClearing: true, out dirty));
        Assert.Equal(1, dirty);
        Assert.Equal(0, bench.Space.CountUsedPages(area.StartAddress, 4096, isClearing: true, out dirty) + dirty);
    }
}
