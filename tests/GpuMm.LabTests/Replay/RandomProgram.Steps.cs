using System;
using System.Collections.Generic;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.LabTests.Replay;

/// <content>The steps.</content>
internal sealed partial class RandomProgram
{
    private const int StepCount = 24;

    private void Do(int step)
    {
        switch (step)
        {
            case 0: Create(); break;
            case 1: Map(); break;
            case 2: Touch(); break;
            case 3: Touch(); break;
            case 4: WithObject(Validate); break;
            case 5: WithObject(Validate); break;
            case 6: Release(); break;
            case 7: WithObject(Pin); break;
            case 8: WithObject(t => t.Advise((MemoryAdvice)Roll(2))); break;
            case 9: WithObject(t => t.Bump()); break;
            case 10: ChangeArea(); break;
            case 11: Bulk(); break;
            case 12: GpuSpace(); break;
            case 13: Handles(); break;
            case 14: Groups(); break;
            case 15: WithObject(Swap); break;
            case 16: SwapAll(); break;
            case 17: WithObject(Bus); break;
            case 18: _device.Reap(); break;
            case 19: Submit(); break;
            case 20: Power(); break;
            case 21: Debug(); break;
            case 22: PlanFaults(); break;
            default: WithObject(ComeBack); break;
        }
    }

    private void WithObject(Action<BufferObject> action)
    {
        if (Any(_objects) is { } target)
        {
            Holding(target, action);
        }
    }

    private void Create()
    {
        if (_objects.Count > 40)
        {
            Release();
            return;
        }

        Reservation? shared = Roll(4) switch
        {
            0 => Any(_shared),
            1 => Any(_vms)?.Reservation,
            2 => Roll(4) == 0 ? Any(_objects)?.Reservation : null,
            _ => null,
        };
        BufferObjectDescription description = new(
            (1 + Roll(24)) * Pages.SizeBytes - Roll(100),
            Roll(3) == 0 ? null : $"object {_objects.Count}",
            Roll(6) == 0 ? BufferObjectKind.Kernel : BufferObjectKind.Device,
            (Caching)Roll(3),
            (int)Roll(4),
            Roll(4) == 0 ? Pages.SizeBytes << (int)Roll(4) : 0,
            shared,
            (int)Roll(3),
            Roll(2) == 0 ? _groups[(int)Roll((ulong)_groups.Count)] : null,
            Roll(4) == 0);
        shared?.TryLock();
        OperationContext context = Context(shared);
        _device.TryCreate(description, DrawPlacement(mayBeEmpty: true), ref context, out BufferObject? made);
        shared?.Unlock();
        if (made is not null)
        {
            _recorder?.Track(made);
            _objects.Add(made);
        }
    }

    private void Release()
    {
        if (Any(_objects) is not { } target)
        {
            return;
        }

        _objects.Remove(target);
        if (Roll(3) != 0)
        {
            target.Release();
            return;
        }

        // A set that holds the reservation of what it gives up: it goes when somebody reaps.
        bool isHeld = target.Reservation.TryLock();
        Reservation reservation = target.Reservation;
        target.Release();
        if (Any(_objects) is { } next && next.Reservation.TryLock())
        {
            Validate(next);
            next.Reservation.Unlock();
        }

        if (isHeld)
        {
            reservation.Unlock();
        }
    }

    private void Validate(BufferObject target)
    {
        OperationContext context = Context(target.Reservation);
        target.Validate(DrawPlacement(mayBeEmpty: true), ref context);
        if (Roll(8) == 0)
        {
            target.Validate(DrawPlacement(mayBeEmpty: false), ref context);
        }
    }

    private void Pin(BufferObject target)
    {
        if (target.PinCount > 0)
        {
            target.Unpin();
        }
        else if (target.Resource is not null && Roll(2) == 0)
        {
            target.Pin();
        }
        else if (target.IsLost)
        {
            target.AcknowledgeLoss();
        }
    }

    private void Swap(BufferObject target)
    {
        OperationContext context = Context(target.Reservation);
        switch (Roll(4))
        {
            case 0:
                _device.TryPopulate(target);
                break;
            case 1:
                _device.BindToAperture(target);
                break;
            default:
                _device.SwapOutObject(target, ref context);
                break;
        }
    }

    private void SwapAll()
    {
        OperationContext context = Context(Roll(4) == 0 ? _shared[0] : null);
        bool isHeld = _shared[0].TryLock(); // Its objects are passed over.
        if (Roll(2) == 0)
        {
            _device.SwapOut(1 + Roll(64), ref context);
        }
        else
        {
            _device.EvictAhead((MemoryDomain)Roll(3), (1 + Roll(64)) * Pages.SizeBytes, ref context);
        }

        if (isHeld)
        {
            _shared[0].Unlock();
        }
    }

    private void Bus(BufferObject target)
    {
        if (Roll(2) == 0)
        {
            _device.TryKeepBusMapping(target, out _);
        }
        else
        {
            _device.DropBusMapping(target);
        }
    }

    private void ComeBack(BufferObject target)
    {
        OperationContext context = Context();
        Placement wish = _device.PlacementForUse(target, DrawPlacement(mayBeEmpty: false), Placement.VramThenGtt, Roll(1 << 20), Roll(1 << 20), Roll(2) == 0);
        target.Validate(wish, ref context);
    }

    private void Bulk()
    {
        if (_bulks.Count < 3)
        {
            Reservation reservation = Roll(2) == 0 || _objects.Count == 0 ? _shared[0] : Any(_objects)!.Reservation;
            _bulks.Add((new BulkMove(_device, reservation), reservation));
        }

        (BulkMove bulk, Reservation lockOf) = Roll(2) == 0 && Any(_vms) is { } vm ? (vm.Bulk, vm.Reservation) : _bulks[(int)Roll((ulong)_bulks.Count)];
        lockOf.TryLock();
        if (Roll(3) == 0)
        {
            bulk.Bump();
        }
        else
        {
            foreach (BufferObject each in _objects)
            {
                if (ReferenceEquals(each.Reservation, lockOf) && Roll(2) == 0)
                {
                    each.SetBulkMove(Roll(4) == 0 ? null : bulk);
                }
            }
        }

        lockOf.Unlock();
    }

    private void Handles()
    {
        GpuClient client = _clients[(int)Roll((ulong)_clients.Count)];
        switch (Roll(6))
        {
            case 0 or 1 when Any(_objects) is { } target:
                _handles.Add((client, client.Open(target)));
                break;
            case 2 when _handles.Count > 0:
                (GpuClient from, uint handle) = _handles[(int)Roll((ulong)_handles.Count)];
                if (from.Share(handle, client, out uint shared))
                {
                    _handles.Add((client, shared));
                }

                break;
            case 3 when _handles.Count > 0:
                int at = (int)Roll((ulong)_handles.Count);
                _handles[at].Client.Close(_handles[at].Handle);
                _handles.RemoveAt(at);
                break;
            case 4 when _handles.Count > 0:
                (GpuClient owner, uint open) = _handles[(int)Roll((ulong)_handles.Count)];
                if (owner.TryGet(open, out BufferObject? named) && _device.TryOpenPublished(_device.Publish(named!), client, out uint opened))
                {
                    _handles.Add((client, opened));
                }

                break;
            default:
                client.Dispose();
                _handles.RemoveAll(each => ReferenceEquals(each.Client, client));
                break;
        }
    }

    private void Groups()
    {
        MemoryGroup group = _groups[(int)Roll((ulong)_groups.Count)];
        switch (Roll(5))
        {
            case 0 when _groups.Count < 6:
                _groups.Add(group.CreateChild($"group {_groups.Count}"));
                break;
            case 1 when group.TryRemove():
                _groups.Remove(group);
                break;
            case 2:
                group.ResetPeak((MemoryDomain)Roll(3));
                break;
            default:
                ulong max = Roll(3) == 0 ? ulong.MaxValue : Roll(256) * Pages.SizeBytes;
                group.SetLimits((MemoryDomain)Roll(3), new MemoryLimits(Roll(64) * Pages.SizeBytes, Roll(64) * Pages.SizeBytes, max));
                break;
        }
    }

    private void GpuSpace()
    {
        List<GpuVmStep> steps = [];
        if (_vms.Count == 0 || (_vms.Count < 3 && Roll(4) == 0))
        {
            _vms.Add(new GpuVm(_device, Roll(4) * Pages.SizeBytes, 64 * Pages.SizeBytes));
            return;
        }

        GpuVm vm = Any(_vms)!;
        if (Roll(12) == 0)
        {
            vm.Dispose();
            _vms.Remove(vm);
            return;
        }

        vm.Reservation.TryLock();
        ulong start = Roll(70) * Pages.SizeBytes;
        ulong size = (1 + Roll(12)) * Pages.SizeBytes;
        if (Roll(3) == 0)
        {
            vm.Unmap(start, size, steps);
        }
        else
        {
            BufferObject? target = Roll(5) == 0 ? null : Any(_objects);
            vm.Map(start, size, target, target is null ? 0 : Roll(4) * Pages.SizeBytes, steps);
        }

        vm.Reservation.Unlock();
    }

    private void Power()
    {
        OperationContext context = Context();
        switch (Roll(8))
        {
            case 0 or 1 or 2 when _device.IsSuspended:
                _device.Resume();
                break;
            case 0 or 1:
                _device.Suspend(ref context);
                break;
            case 2:
                _device.Reset(losesMemory: Roll(2) == 0);
                break;
            case 3 when Roll(6) == 0:
                _device.Unplug();
                break;
        }
    }

    private void PlanFaults() => _device.Faults = Roll(3) switch
    {
        0 => FaultPlan.Chance(0.02, Roll(1000)),
        1 => FaultPlan.Nth(1 + Roll(50)),
        _ => null,
    };
}
