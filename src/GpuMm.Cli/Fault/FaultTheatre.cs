using System;
using System.Globalization;
using System.Threading;
using GpuMm.Backing;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Simulation;

namespace GpuMm.Cli.Fault;

/// <summary>Sets a case up on a simulated machine, lets one access happen, and writes it down.</summary>
internal static class FaultTheatre
{
    private const ulong ObjectBytes = 4ul << 20;
    private const ulong Offset = 0x12_3456;

    public static FaultStory Play(FaultCase which, AccessKind kind, MachineProfile machine)
    {
        VirtualClock clock = new();
        FaultNarrator narrator = new(clock);
        GpuDeviceOptions options = new()
        {
            VramBytes = 64ul << 20,
            ApertureBytes = 32ul << 20,
            SystemBytes = 128ul << 20,
            VisibleVramBytes = which == FaultCase.Hidden ? 16ul << 20 : null,
            Backing = BackingKind.PageHeads,
        };
        using GpuDevice device = new(options, new SimulatedDriver(machine, clock));
        AddressSpace space = device.CreateAddressSpace(new AddressSpaceOptions { UsesHugePages = which == FaultCase.Large, Trace = narrator });
        BufferObject target = Create(device, which);
        VmArea area = target.Map(space);
        Settle(device, target, clock, which);
        ulong address = which == FaultCase.Nothing ? 0x7ff_dead_b000 : area.StartAddress + Offset;
        long start = clock.Now.Nanoseconds;
        MmStatus status = Access(space, target, address, kind, which, narrator);
        narrator.Say("Done", status == MmStatus.Ok
            ? $"The access runs again and hits: {space.Translate(address).Frame} is the frame (memory:page), {Words(space.Translate(address).Caching)}."
            : $"The access ends with {status}.");
        return new FaultStory
        {
            SchemaVersion = 1,
            Case = FaultCommand.NameOf(which),
            Machine = machine.Name,
            Address = string.Create(CultureInfo.InvariantCulture, $"0x{address:x}"),
            Access = kind == AccessKind.Write ? "write" : "read",
            Setting = Setting(which),
            Steps = narrator.Steps,
            Status = status.ToString(),
            Attempts = narrator.Attempts,
            PagesInserted = narrator.PagesInserted,
            CostSimNs = clock.Now.Nanoseconds - start,
        };
    }

    private static BufferObject Create(GpuDevice device, FaultCase which)
    {
        OperationContext context = default;
        Placement placement = which == FaultCase.Hidden ? new Placement(new Place(MemoryDomain.Vram, PlaceFlags.TopDown)) : Placement.Vram;
        BufferObjectDescription description = new(ObjectBytes, "texture", AlignmentBytes: which == FaultCase.Large ? 2ul << 20 : 0);
        device.TryCreate(description, placement, ref context, out BufferObject? made);
        return made ?? throw new InvalidOperationException("An empty device has room for one texture.");
    }

    // Lets what creating queued end, and starts what the case is about.
    private static void Settle(GpuDevice device, BufferObject target, VirtualClock clock, FaultCase which)
    {
        clock.Advance(1_000_000_000);
        if (which == FaultCase.Moving)
        {
            OperationContext context = default;
            target.Reserve();
            target.Validate(Placement.Gtt, ref context);
            target.Unreserve();
        }

        device.Reap();
    }

    private static MmStatus Access(
        AddressSpace space, BufferObject target, ulong address, AccessKind kind, FaultCase which, FaultNarrator narrator)
    {
        using ManualResetEventSlim isHeld = new();
        Thread? holder = null;
        if (which == FaultCase.Locked)
        {
            holder = new Thread(() =>
            {
                target.Reserve();
                isHeld.Set();
                narrator.Dropped.Wait();
                target.Reservation.Unlock();
            });
            holder.Start();
            isHeld.Wait();
        }

        byte[] bytes = new byte[8];
        MmStatus status = kind == AccessKind.Write ? space.Write(address, bytes) : space.Read(address, bytes);
        holder?.Join();
        return status;
    }

    private static string Words(Caching caching) => caching switch
    {
        Caching.Cached => "cached",
        Caching.WriteCombined => "write-combined",
        _ => "uncached",
    };

    private static string Setting(FaultCase which) => which switch
    {
        FaultCase.Touch => "A texture of 4 MiB lies in video memory; nobody has touched it yet.",
        FaultCase.Moving => "A texture of 4 MiB is on its way from video memory to the aperture; the copy engine still works on it.",
        FaultCase.Locked => "A texture of 4 MiB lies in video memory; another thread holds its reservation.",
        FaultCase.Hidden => "A texture of 4 MiB lies at the top of video memory, of which the processor sees 16 MiB at the bottom.",
        FaultCase.Large => "A texture of 4 MiB lies in video memory, aligned to 2 MiB; the address space may use large pages.",
        _ => "A pointer leads astray.",
    };
}
