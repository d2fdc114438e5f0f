using GpuMm.Diagnostics;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <content>The steps of placing that are told to observers, around the same steps untold.</content>
public sealed partial class GpuDevice
{
    private MmStatus ValidateObserved(
        BufferObject target, Placement placement, ref OperationContext context, RequestCode request = default)
    {
        if (context.Cause != MoveCause.Create || request.Packed != 0)
        {
            RaiseWindows(target, placement);
        }

        ulong startNs = request.Packed == 0 ? 0 : Driver.NowNs;
        ulong movedBefore = context.BytesMoved;
        MmStatus status = ValidateUnobserved(target, placement, ref context);
        DeviceEvent occurred = new()
        {
            Kind = DeviceEventKind.Validated,
            Placement = placement.Code,
            Status = status,
            To = target.Resource?.Domain,
            OffsetBytes = target.Resource?.StartBytes ?? 0,
            Detail = context.BytesMoved - movedBefore,
            Cause = context.Cause,
            Count = request.Packed,
            DurationNs = request.Packed == 0 ? 0 : Driver.NowNs - startNs,
        };
        Raise(occurred, target);
        return status;
    }

    private MmStatus MoveObserved(
        BufferObject target, Resource destination, bool isEviction, bool isAfterHop, ref OperationContext context, out MoveResult result)
    {
        DeviceEvent move = new()
        {
            Kind = DeviceEventKind.MoveStarted,
            From = target.Resource?.Domain,
            To = destination.Domain,
            OffsetBytes = destination.StartBytes,
            Cause = context.Cause,
            RelatedId = context.EvictorId,
            Count = (destination.Flags & PlaceFlags.Temporary) != 0 ? 1 : 0,
        };
        Raise(move, target);
        MmStatus status = MmStatus.Interrupted;
        result = default;
        try
        {
            status = MoveUnobserved(target, destination, isEviction, isAfterHop, ref context, out result);
        }
        finally
        {
            // Also when a driver throws: what began has an end.
            RaiseMoved(target, destination, move, status, result);
        }

        return status;
    }

    private void RaiseMoved(BufferObject target, Resource destination, in DeviceEvent move, MmStatus status, in MoveResult result)
    {
        bool isRerouted = status == MmStatus.Ok && result.Outcome == MoveOutcome.MultiHop;
        bool isQueued = status == MmStatus.Ok && !isRerouted && !result.Fence.IsSignaled;
        Raise(
            move with
            {
                Kind = isRerouted ? DeviceEventKind.MoveRerouted : DeviceEventKind.MoveFinished,
                To = isRerouted ? result.Hop.Domain : destination.Domain,
                Status = status,
                Detail = isQueued ? result.Fence.Seqno : 0,
                DurationNs = isQueued ? Driver.RemainingNs(result.Fence) : 0,
            },
            target);
    }

    private void RaiseSpace(DeviceEventKind kind, Resource resource, BufferObject? owner, MemoryDomain? from, MemoryDomain? to)
    {
        for (int i = 0; i < int.Max(1, resource.RangeCount); i++)
        {
            ByteRange range = resource.RangeCount == 0 ? new ByteRange(0, resource.SizeBytes) : resource.RangeAt(i);
            Raise(new DeviceEvent
            {
                Kind = kind,
                ObjectId = owner?.Id ?? 0,
                ClientId = owner?.ClientId ?? 0,
                From = from,
                To = to,
                OffsetBytes = range.StartBytes,
                SizeBytes = range.SizeBytes,
                Count = i,
            });
        }
    }
}
