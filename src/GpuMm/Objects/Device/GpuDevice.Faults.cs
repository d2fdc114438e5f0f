using System;
using System.Threading;
using GpuMm.Diagnostics;
using GpuMm.Fences;

namespace GpuMm.Objects;

/// <content>Injected failures, and the waits that can fail.</content>
public sealed partial class GpuDevice
{
    private readonly ulong[] _faultBase = new ulong[FaultPlan.PointCount]; // Calls that a plan had counted when it came
    private FaultPlan? _faults;

    /// <summary>Which calls are made to fail; null, as usual, for none.</summary>
    public FaultPlan? Faults
    {
        get => Volatile.Read(ref _faults);
        set
        {
            for (int i = 0; i < FaultPlan.PointCount; i++)
            {
                Volatile.Write(ref _faultBase[i], value?.Hits((FaultPoint)i) ?? 0);
            }

            Volatile.Write(ref _faults, value);
            RaiseDevice(DeviceEventKind.FaultsPlanned, BeginRequest(), detail: value is null ? 0 : 1ul);
        }
    }

    internal bool IsFaulted(FaultPoint point)
    {
        if (_faults is not { } plan || !plan.Fails(point, out ulong hit))
        {
            return false;
        }

        RaiseDevice(DeviceEventKind.FaultInjected, BeginRequest(), (int)point, hit - Volatile.Read(ref _faultBase[(int)point]));
        return true;
    }

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

    /// <summary>Takes a reservation if nobody holds it, or is said to.</summary>
    internal bool TryTake(BufferObject target) => !IsFaulted(FaultPoint.TryLock) && target.Reservation.TryLock();

    // Whether a candidate that a walk locked counts as held by somebody all the same; then it is given back.
    private bool FailsToTake(BufferObject candidate, CandidateLock state, ref OperationContext context)
    {
        if (state != CandidateLock.Locked || !IsFaulted(FaultPoint.TryLock))
        {
            return false;
        }

        context.NoteContended(candidate.Reservation);
        candidate.Reservation.Unlock();
        return true;
    }

    // What is left of a limit that began at a time.
    private ulong LeftOf(ulong limitNs, ulong startNs)
    {
        ulong passedNs = Driver.NowNs - startNs;
        return limitNs - Math.Min(limitNs, passedNs);
    }

    // Waits for all work on an object, at most the limit in all.
    private MmStatus WaitIdle(BufferObject target, FenceUsage usage, ulong limitNs, in OperationContext context)
    {
        if (!target.Reservation.TryGetUnsignaled(usage, out Fence fence))
        {
            return MmStatus.Ok;
        }

        if (context.NoWaitGpu)
        {
            return MmStatus.Busy;
        }

        ulong startNs = Driver.NowNs;
        do
        {
            MmStatus status = WaitFence(fence, LeftOf(limitNs, startNs), context.Interrupt, target);
            if (status != MmStatus.Ok)
            {
                return status;
            }
        }
        while (target.Reservation.TryGetUnsignaled(usage, out fence));
        return MmStatus.Ok;
    }
}
