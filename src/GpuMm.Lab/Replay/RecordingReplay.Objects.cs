using System;
using System.Collections.Generic;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Traces.Model;

namespace GpuMm.Lab.Replay;

/// <content>Objects, and the handles that clients have to them.</content>
public sealed partial class RecordingReplay
{
    private readonly Dictionary<int, GpuClient> _clients = [];
    private readonly Dictionary<(int Client, ulong Handle), uint> _handles = [];

    private void Create(in TraceEvent e, MmStatus expected)
    {
        CreationCode code = new(e.Detail);
        if (!Enum.IsDefined((BufferObjectKind)code.Kind) || !Enum.IsDefined((Caching)code.Caching))
        {
            throw new InvalidOperationException($"There is no kind of object {code.Kind} or no caching {code.Caching}.");
        }

        Reservation? shared = e.RelatedId == 0 ? null : ReservationOf(e.RelatedId);
        BufferObjectDescription description = new(
            e.SizeBytes, e.Name, (BufferObjectKind)code.Kind, (Caching)code.Caching, code.Priority, code.AlignmentBytes, shared, e.ClientId,
            code.Group == 0 ? null : _groups.GetValueOrDefault((ulong)code.Group), code.NeedsCpuAccess);
        OperationContext context = ContextOf(e, shared);
        Hold(shared, e);
        MmStatus status = _device.TryCreate(description, PlacementOf(e.Placement, 0), ref context, out BufferObject? made);
        LetGo();
        Compare(status, expected);
        if (made is not null)
        {
            _objects[e.ObjectId] = made;
            _reservations[e.ObjectId] = made.Reservation;
        }
    }

    private bool Release(in TraceEvent e)
    {
        if (_objects.Remove(e.ObjectId, out BufferObject? target))
        {
            Hold(e.Count != 0 ? target.Reservation : null, e);
            target.Release();
            LetGo();
        }

        return true;
    }

    private bool ChangeObject(in TraceEvent e)
    {
        if (!_objects.TryGetValue(e.ObjectId, out BufferObject? target))
        {
            return e.DeviceKind != DeviceEventKind.BulkChanged; // What is released leaves its group in the middle of something else.
        }

        Hold(target.Reservation, e);
        OperationContext context = e.DeviceKind is DeviceEventKind.Validated or DeviceEventKind.SwapEnded ? ContextOf(e, target.Reservation) : default;
        switch (e.DeviceKind)
        {
            case DeviceEventKind.Validated:
                Compare(target.Validate(PlacementOf(e.Placement, 0), ref context), e.Status);
                break;
            case DeviceEventKind.SwapEnded:
                Compare(_device.SwapOutObject(target, ref context), e.Status);
                break;
            case DeviceEventKind.PopulateEnded:
                Compare(_device.TryPopulate(target), e.Status);
                break;
            case DeviceEventKind.BusMappingKept:
                Compare(_device.TryKeepBusMapping(target, out _), e.Status);
                break;
            case DeviceEventKind.CameBack:
                // Where it is, is where it is wanted: that it was evicted counts no more.
                Placement there = new(new Place((MemoryDomain)e.To));
                _device.PlacementForUse(target, there, there);
                break;
            default:
                Mark(target, e);
                break;
        }

        LetGo();
        return true;
    }

    // What always succeeds. Lock: the object's reservation.
    private void Mark(BufferObject target, in TraceEvent e)
    {
        switch (e.DeviceKind)
        {
            case DeviceEventKind.Pinned when target.Resource is not null:
                target.Pin();
                break;
            case DeviceEventKind.Unpinned when target.PinCount > 0:
                target.Unpin();
                break;
            case DeviceEventKind.Bumped:
                target.Bump();
                break;
            case DeviceEventKind.Advised:
                target.Advise((MemoryAdvice)e.Detail);
                break;
            case DeviceEventKind.LossAcknowledged:
                target.AcknowledgeLoss();
                break;
            case DeviceEventKind.BoundToAperture:
                _device.BindToAperture(target);
                break;
            case DeviceEventKind.BusMappingDropped:
                _device.DropBusMapping(target);
                break;
            case DeviceEventKind.BulkChanged when e.RelatedId == 0:
                target.SetBulkMove(null);
                break;
            case DeviceEventKind.BulkChanged when _bulks.TryGetValue(e.RelatedId, out BulkMove? bulk) && ReferenceEquals(bulk.Reservation, target.Reservation):
                target.SetBulkMove(bulk);
                break;
            default:
                Divergences++; // Under another configuration it holds no space to be pinned in, say.
                break;
        }
    }

    private bool ChangeHandle(in TraceEvent e)
    {
        AdvanceToStart();
        if (e.DeviceKind == DeviceEventKind.HandleClosed)
        {
            // An object may be known by its handles alone.
            bool isClosed = _handles.Remove((e.ClientId, e.RelatedId), out uint closed) && _clients[e.ClientId].Close(closed);
            return isClosed || Skip(e);
        }

        if (!_objects.TryGetValue(e.ObjectId, out BufferObject? target))
        {
            return Skip(e);
        }

        if (e.DeviceKind == DeviceEventKind.Named)
        {
            Compare(_device.Publish(target), e.RelatedId);
            return true;
        }

        if (!_clients.TryGetValue(e.ClientId, out GpuClient? client))
        {
            client = new GpuClient(_device, unchecked((ulong)e.ClientId), "replayed");
            _clients.Add(e.ClientId, client);
        }

        _handles[(e.ClientId, e.RelatedId)] = client.Open(target);
        return true;
    }
}
