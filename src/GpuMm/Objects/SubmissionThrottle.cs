using System;

namespace GpuMm.Objects;

/// <summary>
/// Keeps submissions from moving more than the link carries beside its other work: objects stay where they may be when the
/// budget is empty. A queue of work begins a submission, asks for each object, and ends it.
/// </summary>
/// <remarks>
/// Two budgets: all of the card's own memory, and the part that the CPU sees where that is smaller. Lock: one of its own, not
/// held while anything moves. Source: amdgpu_cs.c.
/// </remarks>
public sealed class SubmissionThrottle
{
    private readonly object _gate = new();
    private readonly GpuDevice _device;
    private readonly MoveBudget _all; // Lock: _gate
    private readonly MoveBudget _visible; // Lock: _gate
    private long _keptCount;

    /// <summary>A throttle.</summary>
    /// <param name="device">The device; its driver's clock is the time.</param>
    /// <param name="bytesPerSecond">The most that can be moved; measured.</param>
    /// <param name="capNs">Most time that is saved up, ns.</param>
    public SubmissionThrottle(GpuDevice device, ulong bytesPerSecond, ulong capNs = 200_000_000)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        _all = new MoveBudget(bytesPerSecond, capNs, device.Driver.NowNs);
        _visible = new MoveBudget(bytesPerSecond, capNs, device.Driver.NowNs);
    }

    /// <summary>Objects that stayed where they were because the budget was empty.</summary>
    public long KeptCount => System.Threading.Volatile.Read(ref _keptCount);

    /// <summary>Begins a submission.</summary>
    /// <returns>What it may move; pass it on by <c>ref</c>.</returns>
    public MoveAllowance Begin()
    {
        ResourceManager vram = _device.Manager(MemoryDomain.Vram);
        ulong freeBytes = vram.SizeBytes - Math.Min(vram.SizeBytes, vram.UsedBytes);
        bool isPartlyVisible = vram.CpuVisibleBytes < vram.SizeBytes;
        ulong visibleUsed = isPartlyVisible ? Math.Min(vram.CpuVisibleBytes, vram.CpuVisibleUsedBytes) : 0;
        lock (_gate)
        {
            // Read here, so that the budgets see times in order however many threads begin at once.
            ulong nowNs = _device.Driver.NowNs;
            ulong visibleFree = vram.CpuVisibleBytes - visibleUsed;
            return new MoveAllowance(
                _all.AvailableBytes(nowNs, freeBytes, vram.SizeBytes),
                isPartlyVisible ? _visible.AvailableVisibleBytes(nowNs, visibleFree, vram.CpuVisibleBytes) : ulong.MaxValue);
        }
    }

    /// <summary>Brings one object of the submission to where it should be, or may be.</summary>
    /// <param name="target">The object. Lock: its reservation.</param>
    /// <param name="preferred">Where it would be best.</param>
    /// <param name="allowed">Where it may be. One that is in such a place, whatever its flags, stays when the budget is empty.</param>
    /// <param name="allowance">What <see cref="Begin"/> gave; counts what is moved.</param>
    /// <param name="context">How to go about it.</param>
    /// <returns>As <see cref="BufferObject.Validate"/>; without room in the preferred place the allowed ones are tried.</returns>
    public MmStatus Validate(
        BufferObject target, Placement preferred, Placement allowed, ref MoveAllowance allowance, ref OperationContext context)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(preferred);
        ArgumentNullException.ThrowIfNull(allowed);
        target.Reservation.AssertHeld();
        if (target.PinCount > 0)
        {
            return MmStatus.Ok;
        }

        // A shared object stays: who else uses it is not asked.
        bool mayMove = allowance.IsOpen && target.HandleCount <= 1 && (!target.NeedsCpuAccess || allowance.IsVisibleOpen);
        if (!mayMove && !target.IsLost && GpuDevice.IsIn(target.Resource, allowed))
        {
            if (!GpuDevice.IsIn(target.Resource, preferred))
            {
                Keep(ref allowance);
            }

            return MmStatus.Ok;
        }

        Placement wanted = mayMove || target.Resource is null ? preferred : allowed;
        ulong before = context.BytesMoved;
        MmStatus status = target.Validate(wanted, ref context);
        if (status == MmStatus.OutOfMemory && !wanted.IsSameAs(allowed))
        {
            status = target.Validate(allowed, ref context);
        }

        ulong moved = context.BytesMoved - before;
        allowance.Count(moved, GpuDevice.IsInVisiblePart(target.Resource));
        return status;
    }

    private void Keep(ref MoveAllowance allowance)
    {
        allowance.KeptCount++;
        System.Threading.Interlocked.Increment(ref _keptCount);
    }

    /// <summary>Ends a submission: what was moved is taken from the budget.</summary>
    /// <param name="allowance">What <see cref="Begin"/> gave.</param>
    public void End(in MoveAllowance allowance)
    {
        lock (_gate)
        {
            _all.Charge(allowance.MovedBytes);
            _visible.Charge(allowance.VisibleMovedBytes);
        }
    }
}
