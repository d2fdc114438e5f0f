using System.Collections.Generic;
using GpuMm.Diagnostics;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Traces.Model;

namespace GpuMm.Lab.Replay;

/// <content>The device as a whole: GPU address spaces, groups, swap, power, planned failures.</content>
public sealed partial class RecordingReplay
{
    private readonly Dictionary<ulong, BulkMove> _bulks = [];
    private readonly Dictionary<ulong, GpuVm> _vms = [];
    private readonly List<GpuVmStep> _steps = [];
    private readonly Dictionary<ulong, MemoryGroup> _groups = [];
    private readonly HashSet<(FaultPoint Point, ulong Call)> _failing = [];

    private bool ChangeGpuSpace(in TraceEvent e)
    {
        switch (e.DeviceKind)
        {
            case DeviceEventKind.BulkMade:
                AdvanceToStart();
                _bulks[e.RelatedId] = new BulkMove(_device, ReservationOf(e.Detail));
                return true;
            case DeviceEventKind.GpuVmOpened when e.SizeBytes != 0 && (e.OffsetBytes | e.SizeBytes) % Pages.SizeBytes == 0 && e.SizeBytes <= ulong.MaxValue - e.OffsetBytes:
                AdvanceToStart();
                GpuVm made = new(_device, e.OffsetBytes, e.SizeBytes);
                _vms[e.RelatedId] = made;
                _bulks[e.RelatedId] = made.Bulk;
                _shared[e.Detail] = made.Reservation;
                return true;
            case DeviceEventKind.BulkBumped when _bulks.TryGetValue(e.RelatedId, out BulkMove? bulk):
                Hold(bulk.Reservation, e);
                bulk.Bump();
                LetGo();
                return true;
            case DeviceEventKind.GpuVmClosed when _vms.Remove(e.RelatedId, out GpuVm? gone):
                Hold(needed: null, e);
                gone.Dispose();
                LetGo();
                return true;
            case DeviceEventKind.GpuMapped or DeviceEventKind.GpuUnmapped when _vms.TryGetValue(e.RelatedId, out GpuVm? vm):
                BufferObject? target = e.ObjectId == 0 ? null : _objects.GetValueOrDefault(e.ObjectId);
                Hold(vm.Reservation, e);
                _steps.Clear();
                Compare(
                    e.DeviceKind == DeviceEventKind.GpuUnmapped ? vm.Unmap(e.OffsetBytes, e.SizeBytes, _steps)
                    : target is null && e.ObjectId != 0 ? MmStatus.InvalidArgument
                    : vm.Map(e.OffsetBytes, e.SizeBytes, target, e.Detail, _steps),
                    MmStatus.Ok);
                LetGo();
                return true;
            default:
                return Skip(e);
        }
    }

    private bool ChangeGroup(in TraceEvent e)
    {
        ulong at = e.DeviceKind == DeviceEventKind.GroupCreated ? e.Detail : e.RelatedId;
        if (!_groups.TryGetValue(at, out MemoryGroup? group) || (int)e.To >= GpuDevice.MaxDomains)
        {
            return Skip(e);
        }

        AdvanceToStart();
        switch (e.DeviceKind)
        {
            case DeviceEventKind.GroupCreated:
                MemoryGroup made = group.CreateChild(e.Name ?? "");
                _groups[e.RelatedId] = made;
                Compare((ulong)made.Id, e.RelatedId);
                break;
            case DeviceEventKind.GroupRemoved:
                Compare(group.TryRemove() ? MmStatus.Ok : MmStatus.Busy, MmStatus.Ok);
                _groups.Remove(e.RelatedId);
                break;
            case DeviceEventKind.PeakReset:
                group.ResetPeak(e.To);
                break;
            default:
                MemoryLimits limits = group.LimitsOf(e.To);
                limits = e.Count switch
                {
                    0 => limits with { MinBytes = e.SizeBytes },
                    1 => limits with { LowBytes = e.SizeBytes },
                    _ => limits with { MaxBytes = e.SizeBytes },
                };
                Compare(group.SetLimits(e.To, limits), MmStatus.Ok);
                break;
        }

        return true;
    }

    private bool ChangeDevice(in TraceEvent e)
    {
        if (e.DeviceKind is DeviceEventKind.SwapOutEnded or DeviceEventKind.EvictAheadEnded or DeviceEventKind.Reaped)
        {
            Hold(needed: null, e);
        }

        AdvanceToStart(); // What takes every reservation in turn is asked for by nobody who holds one.
        OperationContext context = e.DeviceKind is DeviceEventKind.DeviceSuspended or DeviceEventKind.SwapOutEnded or DeviceEventKind.EvictAheadEnded
            ? ContextOf(e, own: null) : default;
        switch (e.DeviceKind)
        {
            case DeviceEventKind.SwapOutEnded:
                Compare(Pages.Bytes(_device.SwapOut(e.Detail, ref context)), e.SizeBytes);
                break;
            case DeviceEventKind.EvictAheadEnded when _device.FindManager(e.To) is not null:
                Compare(_device.EvictAhead(e.To, e.SizeBytes, ref context), e.Detail);
                break;
            case DeviceEventKind.Reaped:
                Compare((ulong)_device.Reap(), (ulong)e.Count);
                break;
            case DeviceEventKind.FaultsPlanned:
                _failing.Clear();
                _device.Faults = e.Detail == 0 ? null : FaultPlan.Scripted((point, call) => _failing.Contains((point, call)));
                break;
            case DeviceEventKind.DeviceSuspended when !_device.IsSuspended:
                Compare(_device.Suspend(ref context), e.Status);
                break;
            case DeviceEventKind.DeviceResumed when _device.IsSuspended:
                Compare((ulong)_device.Resume(), (ulong)e.Count);
                break;
            case DeviceEventKind.DeviceReset:
                Compare((ulong)_device.Reset(e.Detail != 0), (ulong)e.Count);
                break;
            case DeviceEventKind.DeviceUnplugged:
                _device.Unplug();
                break;
            default:
                Divergences++; // Under another configuration it is in no state for that.
                break;
        }

        LetGo();
        return true;
    }
}
