using System;
using GpuMm.Backing;
using GpuMm.Clients.Spu;
using GpuMm.Paging;
using Xunit;

namespace GpuMm.UnitTests.Clients;

/// <summary>A local store that moves while a program uses it.</summary>
public sealed class SpuTests
{
    [Fact]
    public void AProgramNeverNoticesTheSwitches()
    {
        using Machine machine = new();
        VmArea area = machine.Context.MapLocalStore(machine.Space);
        byte[] expected = new byte[SpuContext.LocalStoreBytes];
        for (int i = 0; i < 200; i++)
        {
            int at = i * 1301;
            expected[at] = (byte)(i + 1);
            Assert.Equal(MmStatus.Ok, machine.Space.Write(area.StartAddress + (ulong)at, [(byte)(i + 1)]));
            if (i % 7 == 0)
            {
                (machine.Context.State == SpuState.Saved ? (Action)machine.Context.Run : machine.Context.Save)();
            }
        }

        byte[] read = new byte[SpuContext.LocalStoreBytes];
        Assert.Equal(MmStatus.Ok, machine.Space.Read(area.StartAddress, read));
        Assert.Equal(expected, read);
        Assert.Equal(29, machine.Context.SwitchCount);
    }

    [Fact]
    public void ItIsUncachedOnTheProcessorAndCachedInItsCopyAndMappedBy64KiB()
    {
        using Machine machine = new();
        VmArea area = machine.Context.MapLocalStore(machine.Space);
        machine.Space.Write(area.StartAddress + 70_000, [1]);
        Pte saved = machine.Space.Translate(area.StartAddress + 65_536);
        Assert.True(saved is { IsInGroup: true, Caching: Caching.Cached });
        Assert.Equal(machine.Context.Frames.SavedCopy.PageIndex + 16, saved.Frame.PageIndex);
        Assert.True(machine.Space.Translate(area.StartAddress + 131_071).IsInGroup);
        Assert.False(machine.Space.Translate(area.StartAddress).IsPresent);
        machine.Context.Run();
        Assert.False(machine.Space.Translate(area.StartAddress + 65_536).IsPresent);
        machine.Space.Read(area.StartAddress + 70_000, new byte[1]);
        Assert.Equal(Caching.Uncached, machine.Space.Translate(area.StartAddress + 65_536).Caching);
    }

    [Fact]
    public void ADebuggerSeesTheLocalStoreWhereverItIs()
    {
        using Machine machine = new();
        VmArea area = machine.Context.MapLocalStore(machine.Space);
        byte[] bytes = [1, 2, 3, 4];
        Assert.Equal(MmStatus.Ok, machine.Space.AccessRemote(area.StartAddress + 65_534, bytes, AccessKind.Write));
        machine.Context.Run();
        byte[] read = new byte[4];
        Assert.Equal(MmStatus.Ok, machine.Space.AccessRemote(area.StartAddress + 65_534, read, AccessKind.Read));
        Assert.Equal(bytes, read);
        Assert.False(machine.Space.Translate(area.StartAddress + 65_534).IsPresent);
        VmArea problem = machine.Context.MapProblemState(machine.Space);
        Assert.Equal(MmStatus.BusError, machine.Space.AccessRemote(problem.StartAddress, read, AccessKind.Read));
    }

    [Fact]
    public void AFixedAddressIsAMultipleOf64KiB()
    {
        using Machine machine = new();
        Assert.Throws<ArgumentException>(() => machine.Context.MapLocalStore(machine.Space, 0x4000_1000));
        Assert.Throws<ArgumentException>(() => machine.Context.MapProblemState(machine.Space, 0x4000_8000));
        VmArea area = machine.Context.MapLocalStore(machine.Space, 0x4001_0000);
        Assert.Equal(0x4001_0000ul, area.StartAddress);
        Assert.Throws<InvalidOperationException>(() => machine.Context.MapProblemState(machine.Space, 0x4001_0000));
    }

    [Fact]
    public void ARemapCannotReachBesideTheRegistersOrTheLocalStore()
    {
        using Machine machine = new();
        machine.Context.Run();
        VmArea problem = machine.Context.MapProblemState(machine.Space);
        Assert.Equal(MmStatus.Ok, machine.Space.RemapFilePages(problem.StartAddress, 4096, 0));
        Assert.Equal(MmStatus.BusError, machine.Space.Read(problem.StartAddress, new byte[1]));
        Assert.Equal(MmStatus.Ok, machine.Space.RemapFilePages(problem.StartAddress, 4096, 66));
        Assert.Equal(MmStatus.Ok, machine.Space.Read(problem.StartAddress, new byte[1]));
        Assert.Equal(machine.Context.Frames.ProblemState.PageIndex + 2, machine.Space.Translate(problem.StartAddress).Frame.PageIndex);
        VmArea store = machine.Context.MapLocalStore(machine.Space);
        Assert.Equal(MmStatus.Ok, machine.Space.RemapFilePages(store.StartAddress, 4096, 64));
        Assert.Equal(MmStatus.BusError, machine.Space.Read(store.StartAddress, new byte[1]));
    }

    [Fact]
    public void ProblemStateWaitsUntilTheContextRuns()
    {
        using Machine machine = new();
        VmArea area = machine.Context.MapProblemState(machine.Space);
        Assert.Equal(MmStatus.Busy, machine.Space.TryFault(area.StartAddress, AccessKind.Read));
        Assert.Equal(MmStatus.Ok, machine.Space.Write(area.StartAddress, [7]));
        Assert.Equal(1, machine.Waits);
        Assert.Equal(1, machine.Space.MajorFaults);
        machine.Context.Save();
        Assert.False(machine.Space.Translate(area.StartAddress).IsPresent);
    }

    [Fact]
    public void SixtyFourKiBBasePagesServeAsWell()
    {
        using Machine machine = new(65_536);
        VmArea area = machine.Context.MapLocalStore(machine.Space);
        machine.Space.Write(area.StartAddress + 200_000, [9]);
        machine.Context.Run();
        byte[] read = new byte[1];
        Assert.Equal(MmStatus.Ok, machine.Space.Read(area.StartAddress + 200_000, read));
        Assert.Equal(9, read[0]);
    }

    private sealed class Machine : ISpuScheduler, IDisposable
    {
        private readonly PhysicalMemory _memory = new();

        public Machine(ulong basePageBytes = 4096)
        {
            _memory.Add(0, MemoryBacking.Create(BackingKind.Bytes, 1 << 20));
            _memory.Add(1, MemoryBacking.Create(BackingKind.Bytes, 1 << 20));
            Context = new SpuContext(_memory, new SpuFrames(new FrameIndex(1, 0), new FrameIndex(0, 16), new FrameIndex(1, 64)), this);
            Space = new AddressSpace(_memory, null, new AddressSpaceOptions { BasePageBytes = basePageBytes });
        }

        public SpuContext Context { get; }

        public AddressSpace Space { get; }

        public int Waits { get; private set; }

        public void WaitUntilRunning(SpuContext context)
        {
            Waits++;
            context.Run();
        }

        public void Dispose() => _memory.Dispose();
    }
}
