using System;
using System.Collections.Generic;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.TestKit;

namespace GpuMm.UnitTests.Objects;

/// <summary>
/// A long day of a device: every operation in turn, each tried again after an injected failure. It knows what every byte
/// must be, and which answers each point of failure may give.
/// </summary>
internal sealed class FaultScenario : IDisposable
{
    private readonly MemorySwapStore _store = new();
    private readonly Dictionary<BufferObject, byte> _contents = [];
    private readonly Dictionary<BufferObject, VmArea> _areas = [];
    private readonly FaultPlan _plan;
    private readonly EventLedger _ledger = new();
    private readonly LateDriver _driver = new();
    private readonly FenceContext _jobs = new("job");
    private readonly MemoryGroup _group;

    public FaultScenario(FaultPlan plan)
    {
        _plan = plan;
        GpuDeviceOptions options = new()
        {
            VramBytes = 16 * 4096,
            ApertureBytes = 16 * 4096,
            SystemBytes = 64 * 4096,
            VisibleVramBytes = 8 * 4096,
            PageLimitBytes = 24 * 4096,
            PagePoolBytes = 8 * 4096,
            IoWindowBytes = 6 * 4096,
            Swap = _store,
            ChecksContents = true,
        };
        Device = new GpuDevice(options, _driver) { Faults = plan };
        _group = Device.RootGroup.CreateChild("group");
        Device.AddObserver(_ledger);
        Space = Device.CreateAddressSpace();
    }

    public GpuDevice Device { get; }

    public AddressSpace Space { get; }

    public List<string> Problems { get; } = [];

    public void Run()
    {
        BufferObject[] objects = new BufferObject[8];
        for (int i = 0; i < objects.Length; i++)
        {
            objects[i] = Create((ulong)(2 + (i % 4)), i % 2 == 0 ? Placement.VramThenGtt : Placement.System);
            Fill(objects[i], (byte)(0x10 + i));
        }

        Placement[] tour = [Placement.Vram, Placement.System, Placement.Gtt, Placement.VramThenGtt];
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < objects.Length; i++)
            {
                Place(objects[i], tour[(i + round) % tour.Length]);
                Check(objects[(i * 3) % objects.Length]);
            }

            Swap(12);
            Fill(objects[round], (byte)(0x40 + round));
        }

        Pin(objects[0]);
        for (int i = 1; i < objects.Length; i++)
        {
            Place(objects[i], Placement.VramThenGtt);
        }

        Drop(objects[3]);
        Place(objects[4], Placement.Vram);
        Use(objects[4]);
        Drop(objects[4]); // Its ghost waits for the work.
        DieWhileInUse();
        Place(objects[4], Placement.Vram);
        for (int i = 0; i < objects.Length; i++)
        {
            Check(objects[i]);
        }

        Device.Faults = null;
        ValidationReport report = Device.Validate();
        Problems.AddRange(report);
        if (!report.IsComplete)
        {
            Problems.Add($"A reservation was kept: {report}");
        }

        _jobs.SignalTo(_jobs.IssuedSeqno);
        _driver.Copies.SignalTo(_driver.Copies.IssuedSeqno);
        foreach (BufferObject target in objects)
        {
            Space.Unmap(_areas[target]);
            target.Release();
        }

        Device.Reap();
        if (Device.ObjectCount != 0 || Device.SystemPagesUsedBytes != 0 || _store.PageCount != 0)
        {
            Problems.Add($"Left over: {Device.ObjectCount} objects, {Device.SystemPagesUsedBytes} bytes, {_store.PageCount} swapped pages.");
        }

        Problems.AddRange(Device.Validate());
        Problems.AddRange(_ledger.Compare(Device));
    }

    public void Dispose()
    {
        Device.Dispose();
        _store.Dispose();
    }

    private BufferObject Create(ulong pages, Placement placement)
    {
        BufferObject? made = null;
        Try("create", () =>
        {
            OperationContext context = default;
            BufferObjectDescription description = new(pages * 4096, "bo", Group: _contents.Count % 2 == 0 ? _group : null);
            return Device.TryCreate(description, placement, ref context, out made);
        });
        _areas[made!] = made!.Map(Space);
        _contents[made] = 0;
        return made;
    }

    private void Place(BufferObject target, Placement placement) => Try("validate", () => Reserved(target, () =>
    {
        OperationContext context = default;
        return target.Validate(placement, ref context);
    }));

    private void Pin(BufferObject target)
    {
        Place(target, Placement.Gtt);
        Try("pin", () => Reserved(target, () =>
        {
            target.Pin();
            return MmStatus.Ok;
        }));
        Place(target, Placement.Gtt);
        Try("unpin", () => Reserved(target, () =>
        {
            target.Unpin();
            return MmStatus.Ok;
        }));
    }

    private void Drop(BufferObject target)
    {
        Place(target, Placement.Empty);
        _contents[target] = 0;
    }

    private void Use(BufferObject target) => Try("use", () => Reserved(target, () =>
    {
        target.Reservation.AddFence(_jobs.Issue(), FenceUsage.Bookkeep);
        return MmStatus.Ok;
    }));

    // Of two that share a reservation one dies while the GPU uses them both.
    private void DieWhileInUse()
    {
        Reservation shared = new();
        BufferObject?[] pair = new BufferObject?[2];
        for (int i = 0; i < pair.Length; i++)
        {
            Try("create", () =>
            {
                OperationContext context = default;
                shared.Lock();
                BufferObjectDescription description = new(4096, "shared", SharedReservation: shared);
                MmStatus status = Device.TryCreate(description, Placement.Gtt, ref context, out pair[i]);
                shared.Unlock();
                return status;
            });
        }

        shared.Lock();
        shared.AddFence(_jobs.Issue(), FenceUsage.Bookkeep);
        shared.Unlock();
        pair[0]!.Release();
        Device.Reap();
        _driver.WaitFence(new Fence(_jobs, _jobs.IssuedSeqno));
        pair[1]!.Release();
        Device.Reap();
    }

    private void Swap(ulong pages)
    {
        OperationContext context = default;
        Device.SwapOut(pages, ref context);
        Problems.AddRange(Device.Validate());
    }

    private void Fill(BufferObject target, byte value)
    {
        byte[] bytes = new byte[target.SizeBytes];
        Array.Fill(bytes, value);
        Try("write", () => Space.Write(_areas[target].StartAddress, bytes));
        _contents[target] = value;
    }

    private void Check(BufferObject target)
    {
        byte[] bytes = new byte[target.SizeBytes];
        Try("read", () => Space.Read(_areas[target].StartAddress, bytes));
        if (bytes.AsSpan().ContainsAnyExcept(_contents[target]))
        {
            Problems.Add($"Object {target.Id} does not read as 0x{_contents[target]:x} any more, after {_plan.LastPoint}.");
        }
    }

    private static MmStatus Reserved(BufferObject target, Func<MmStatus> body)
    {
        MmStatus status = target.Reserve();
        if (status != MmStatus.Ok)
        {
            return status;
        }

        try
        {
            return body();
        }
        finally
        {
            target.Unreserve();
        }
    }

    // One failure may be injected; whoever is told so tries again, and that must succeed.
    private void Try(string what, Func<MmStatus> body)
    {
        ulong before = _plan.Injected;
        MmStatus status = body();
        if (status == MmStatus.Ok)
        {
            return;
        }

        if (_plan.Injected == before)
        {
            Problems.Add($"{what} answered {status} although nothing was injected.");
        }
        else if (!IsExpected(_plan.LastPoint, what, status))
        {
            Problems.Add($"{what} answered {status} after an injected failure of {_plan.LastPoint}.");
        }

        Problems.AddRange(_ledger.Compare(Device));
        foreach (string problem in Device.Validate())
        {
            Problems.Add($"After {what} failed at {_plan.LastPoint}: {problem}");
        }

        before = _plan.Injected;
        status = body();
        if (status != MmStatus.Ok && _plan.Injected == before)
        {
            Problems.Add($"{what} answered {status} when tried again after {_plan.LastPoint}.");
        }
    }

    private static bool IsExpected(FaultPoint point, string what, MmStatus status)
    {
        if (what is "read" or "write")
        {
            return status == MmStatus.BusError; // The faulting access is killed; the object is intact.
        }

        return point switch
        {
            FaultPoint.AllocateSpace or FaultPoint.CreateTable or FaultPoint.Populate or FaultPoint.ReserveFence => status == MmStatus.OutOfMemory,
            FaultPoint.TryLock or FaultPoint.InheritFences or FaultPoint.MakeGhost or FaultPoint.Charge => status == MmStatus.OutOfMemory,
            FaultPoint.PartPage or FaultPoint.RestorePages => status == MmStatus.OutOfMemory,
            FaultPoint.EvictionSlot or FaultPoint.CopyFences or FaultPoint.InsertEntry => false, // It takes longer, and goes well.
            FaultPoint.SwapWrite => status is MmStatus.OutOfMemory or MmStatus.NoSpace,
            _ => status is MmStatus.Interrupted or MmStatus.OutOfMemory,
        };
    }

    // Copies end when somebody waits for them.
    private sealed class LateDriver : GpuDriver
    {
        public FenceContext Copies { get; } = new("copy");

        public override MoveResult Move(in MoveRequest request)
        {
            if ((request.From?.Domain, request.To.Domain) is (MemoryDomain.Vram, MemoryDomain.System) or (MemoryDomain.System, MemoryDomain.Vram))
            {
                return MoveResult.Via(new Place(MemoryDomain.Gtt));
            }

            request.CopyContents();
            return request.CarriesBytes ? MoveResult.Queued(Copies.Issue()) : MoveResult.Done;
        }

        public override void WaitFence(Fence fence)
        {
            if (!fence.IsSignaled)
            {
                fence.Context!.SignalTo(fence.Seqno);
            }
        }
    }
}
