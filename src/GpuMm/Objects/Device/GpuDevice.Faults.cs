using System.Threading;
using GpuMm.Fences;

namespace GpuMm.Objects;

/// <content>Injected failures, and the waits that can fail.</content>
public sealed partial class GpuDevice
{
    private FaultPlan? _faults;

    /// <summary>Which calls are made to fail; null, as usual, for none.</summary>
    public FaultPlan? Faults
    {
        get => Volatile.Read(ref _faults);
        set => Volatile.Write(ref _faults, value);
    }

    internal bool IsFaulted(FaultPoint point) => _faults is { } plan && plan.Fails(point);

    /// <summary>Waits for a fence as long as the context and a limit allow. Lock: none below a reservation.</summary>
    internal MmStatus WaitFence(Fence fence, ulong limitNs, WaitInterrupt? interrupt, BufferObject? target)
    {
        if (IsFaulted(FaultPoint.WaitFence))
        {
            return MmStatus.Interrupted;
        }

        ulong startNs = IsObserved ? Driver.NowNs : 0;
        MmStatus status = Driver.WaitFence(fence, limitNs, interrupt);
        RaiseWaited(target, fence, startNs, status);
        return status;
    }

    // Waits as long as it takes. Lock: none below a reservation.
    internal void WaitFence(Fence fence, BufferObject? target)
    {
        ulong startNs = IsObserved ? Driver.NowNs : 0;
        Driver.WaitFence(fence);
        RaiseWaited(target, fence, startNs, MmStatus.Ok);
    }

    // Waits for all work on an object, each fence at most the limit.
    private MmStatus WaitIdle(BufferObject target, FenceUsage usage, ulong limitNs, in OperationContext context)
    {
        while (target.Reservation.TryGetUnsignaled(usage, out Fence fence))
        {
            if (context.NoWaitGpu)
            {
                return MmStatus.Busy;
            }

            MmStatus status = WaitFence(fence, limitNs, context.Interrupt, target);
            if (status != MmStatus.Ok)
            {
                return status;
            }
        }

        return MmStatus.Ok;
    }
}
