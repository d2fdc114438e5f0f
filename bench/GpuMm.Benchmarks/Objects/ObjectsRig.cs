using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;

namespace GpuMm.Benchmarks.Objects;

/// <summary>A device without bytes, and objects in the states that the questions ask for.</summary>
internal sealed class ObjectsRig : IDisposable
{
    private const int PlacedCount = 1024;
    private const int BulkCount = 1000;
    private const ulong PageBytes = 4096;
    private const ulong CarriedPages = 16;

    private readonly GpuDevice _device;
    private readonly BufferObject[] _placed = new BufferObject[PlacedCount];
    private readonly BufferObject[] _own = new BufferObject[2];
    private readonly BulkMove _bulk;
    private readonly GpuDevice _full;
    private readonly BufferObject[] _pair = new BufferObject[2];
    private readonly GpuDevice _dropping;
    private readonly BufferObject[] _dropped = new BufferObject[2];
    private readonly GpuDevice _carrying;
    private readonly BufferObject[] _carried = new BufferObject[2];
    private readonly AddressSpace[] _spaces = new AddressSpace[2];
    private readonly GpuDevice[] _apart = new GpuDevice[2];
    private readonly BufferObject[] _carriedApart = new BufferObject[2];
    private readonly GpuDevice[] _bare = new GpuDevice[2];
    private readonly BufferObject[] _ownApart = new BufferObject[2];
    private readonly AddressSpace[] _apartSpaces = new AddressSpace[2];
    private readonly byte[][] _bytes = [new byte[CarriedPages * PageBytes], new byte[CarriedPages * PageBytes]];

    public ObjectsRig()
    {
        _device = Device(vramPages: 8192);
        for (int i = 0; i < PlacedCount; i++)
        {
            _placed[i] = Create(_device, 1, Placement.Vram, null);
        }

        Reservation shared = new();
        _bulk = new BulkMove(_device, shared);
        shared.Lock();
        for (int i = 0; i < BulkCount; i++)
        {
            Create(_device, 1, Placement.Vram, shared).SetBulkMove(_bulk);
        }

        shared.Unlock();
        _full = Device(vramPages: 16);
        _dropping = Device(vramPages: 16);
        _carrying = Device(vramPages: 1024, BackingKind.Bytes);
        for (int i = 0; i < 2; i++)
        {
            _own[i] = Create(_device, 1, Placement.Vram, null);
            _carried[i] = Create(_carrying, CarriedPages, Placement.Vram, null);
            _spaces[i] = _carrying.CreateAddressSpace();
            _apart[i] = Device(vramPages: 1024, BackingKind.Bytes);
            _carriedApart[i] = Create(_apart[i], CarriedPages, Placement.Vram, null);
            _apartSpaces[i] = _apart[i].CreateAddressSpace();
            _bare[i] = Device(vramPages: 1024);
            _ownApart[i] = Create(_bare[i], 1, Placement.Vram, null);
            _pair[i] = Create(_full, 16, Placement.Vram, null);
            _dropped[i] = Create(_dropping, 16, Placement.Vram, null);
            _dropped[i].Reserve();
            _dropped[i].Advise(MemoryAdvice.DontNeed);
            _dropped[i].Unreserve();
        }
    }

    public void HoldAll()
    {
        foreach (BufferObject target in _placed)
        {
            target.Reserve();
        }
    }

    public void ReleaseAll()
    {
        foreach (BufferObject target in _placed)
        {
            target.Unreserve();
        }
    }

    public void Validate(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            OperationContext context = default;
            Expect(_placed[i % PlacedCount].Validate(Placement.VramThenGtt, ref context));
        }
    }

    public void ReserveAndValidate(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            OperationContext context = default;
            BufferObject target = _placed[i % PlacedCount];
            target.Reserve();
            Expect(target.Validate(Placement.VramThenGtt, ref context));
            target.Reservation.Unlock();
        }
    }

    public void BumpBulk(int steps)
    {
        _bulk.Reservation.Lock();
        for (int i = 0; i < steps; i++)
        {
            _bulk.Bump();
        }

        _bulk.Reservation.Unlock();
    }

    public void EvictAndMoveIn(int steps) => Alternate(_pair, steps);

    public void DropAndMoveIn(int steps) => Alternate(_dropped, steps);

    public void Use(int thread) => Use(_own[thread]);

    public void UseApart(int thread) => Use(_carriedApart[thread]);

    private static void Use(BufferObject target)
    {
        for (int i = 0; i < 4_000; i++)
        {
            OperationContext context = default;
            target.Reserve();
            Expect(target.Validate(Placement.VramThenGtt, ref context));
            target.Unreserve();
        }
    }

    public void MoveAbout(int thread) => MoveAbout(_own[thread], 500);

    public void MoveApart(int thread) => MoveAbout(_ownApart[thread], 500);

    public void CarryAbout(int thread) => MoveAbout(_carried[thread], 40);

    /// <summary>The same with a device for each thread.</summary>
    public void CarryApart(int thread) => MoveAbout(_carriedApart[thread], 40);

    /// <summary>Made, written through a mapping, moved, used, pinned, moved back, read and destroyed; in an address space of its own.</summary>
    public void Live(int thread) => Live(_carrying, thread, _spaces);

    /// <summary>The same with a device for each thread: what is left of the difference is the machine's and the runtime's.</summary>
    public void LiveApart(int thread) => Live(_apart[thread], thread, _apartSpaces);

    private void Live(GpuDevice device, int thread, AddressSpace[] spaces)
    {
        byte[] bytes = _bytes[thread];
        for (int i = 0; i < 10; i++)
        {
            BufferObject target = Create(device, CarriedPages, Placement.System, null);
            VmArea area = target.Map(spaces[thread]);
            Expect(spaces[thread].Write(area.StartAddress, bytes));
            Place(target, Placement.Vram);
            for (int use = 0; use < 8; use++)
            {
                Place(target, Placement.VramThenGtt);
            }

            target.Reserve();
            target.Pin();
            target.Unpin();
            target.Unreserve();
            Place(target, Placement.Gtt);
            Expect(spaces[thread].Read(area.StartAddress, bytes));
            spaces[thread].Unmap(area);
            target.Release();
        }
    }

    public void Dispose()
    {
        _device.Dispose();
        _full.Dispose();
        _dropping.Dispose();
        _carrying.Dispose();
        _apart[0].Dispose();
        _apart[1].Dispose();
        _bare[0].Dispose();
        _bare[1].Dispose();
    }

    private static void MoveAbout(BufferObject target, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            Place(target, i % 2 == 0 ? Placement.Gtt : Placement.Vram);
        }
    }

    private static void Place(BufferObject target, Placement placement)
    {
        OperationContext context = default;
        target.Reserve();
        Expect(target.Validate(placement, ref context));
        target.Unreserve();
    }

    private static void Alternate(BufferObject[] pair, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            OperationContext context = default;
            BufferObject target = pair[i & 1];
            target.Reserve();
            Expect(target.Validate(Placement.Vram, ref context));
            target.Unreserve();
        }
    }

    private static void Expect(MmStatus status)
    {
        if (status != MmStatus.Ok)
        {
            throw new InvalidOperationException($"The bench expects Ok, not {status}.");
        }
    }

    private static GpuDevice Device(ulong vramPages, BackingKind backing = BackingKind.None) => new(
        new GpuDeviceOptions
        {
            VramBytes = vramPages * PageBytes,
            ApertureBytes = 8192 * PageBytes,
            SystemBytes = 8192 * PageBytes,
            Backing = backing,
        },
        new InlineDriver());

    private static BufferObject Create(GpuDevice device, ulong pages, Placement placement, Reservation? shared)
    {
        OperationContext context = default;
        Expect(device.TryCreate(
            new BufferObjectDescription(pages * PageBytes, SharedReservation: shared), placement, ref context, out BufferObject? made));
        return made!;
    }
}
