using System;
using System.Collections.Generic;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Hosting.Diagnostics;
using GpuMm.Objects;

namespace GpuMm.Hosting.Sessions;

/// <content>Work for the GPU.</content>
public sealed partial class GpuSession
{
    /// <summary>Most objects of one job.</summary>
    public const int MaxUses = 65536;

    /// <summary>Most jobs that wait on the render engine before more are refused.</summary>
    public const int MaxPendingJobs = 4096;

    /// <summary>Longest job, ns.</summary>
    public const long MaxJobNs = 60_000_000_000;

    private static readonly Placement s_allowed = Placement.VramThenGtt;

    /// <summary>
    /// Queues a job: reserve all, validate each, queue it behind the moves, put its fence on all, make them the youngest.
    /// </summary>
    /// <param name="uses">What it uses; no handle twice.</param>
    /// <param name="gpuNs">Time on the render engine beside reading, ns; 0 to <see cref="MaxJobNs"/>.</param>
    /// <param name="fence">What its end signals.</param>
    /// <returns>Null, or why not; jobs queued before for a part of the objects stay.</returns>
    /// <remarks>What does not fit at once is split into several jobs, each over what fits.</remarks>
    public SessionError? Submit(IReadOnlyList<SubmitUse> uses, long gpuNs, out Fence fence)
    {
        ArgumentNullException.ThrowIfNull(uses);
        fence = default;
        if (uses.Count > MaxUses || gpuNs is < 0 or > MaxJobNs)
        {
            return new SessionError(SessionErrorKind.Invalid, $"A job uses at most {MaxUses} objects and takes 0 to {MaxJobNs} ns beside reading them.");
        }

        lock (_gate)
        {
            if (_gpu.Driver.Render.PendingCount >= MaxPendingJobs)
            {
                return new SessionError(SessionErrorKind.LimitReached, $"{MaxPendingJobs} jobs wait for the render engine; wait for a fence before submitting more.");
            }

            SessionError? error = Collect(uses, out HandleEntry[] entries);
            if (error is not null)
            {
                return error;
            }

            _gpu.Driver.Pump();
            using GpuSpan? span = GpuSpan.Begin(GpuMmDiagnostics.SubmitActivity, _gpu, Id);
            span?.Objects = entries.Length;
            error = SubmitAll(entries, uses, gpuNs, out fence);
            span?.Ended(error);
            if (error is null)
            {
                JobCount++;
            }

            return error;
        }
    }

    private SessionError? Collect(IReadOnlyList<SubmitUse> uses, out HandleEntry[] entries)
    {
        entries = new HandleEntry[uses.Count];
        HashSet<BufferObject> seen = new(uses.Count);
        for (int i = 0; i < entries.Length; i++)
        {
            if (!TryEntry(uses[i].Handle, out entries[i], out SessionError? error))
            {
                return error;
            }

            if (!seen.Add(entries[i].Tracked.Target))
            {
                return new SessionError(SessionErrorKind.Invalid, $"Handle {uses[i].Handle} names an object that the job uses already; name each once.");
            }
        }

        return _isReleased ? SessionError.Released : null;
    }

    private SessionError? SubmitAll(HandleEntry[] entries, IReadOnlyList<SubmitUse> uses, long gpuNs, out Fence fence)
    {
        int first = 0;
        fence = default;
        do
        {
            long baseNs = first == 0 ? gpuNs : 0;
            MmStatus status = SubmitSome(entries, uses, first, entries.Length, baseNs, out int done, out fence);
            if (status == MmStatus.OutOfMemory && entries.Length - first > 1)
            {
                // The others of the set hold all the room: this one alone, then the rest.
                status = SubmitSome(entries, uses, first, first + 1, baseNs, out done, out fence);
            }

            if (status != MmStatus.Ok)
            {
                return SessionError.From(status, $"Submitting with handle {uses[Math.Min(done, uses.Count - 1)].Handle}");
            }

            first = done;
        }
        while (first < entries.Length);
        return null;
    }

    private MmStatus SubmitSome(
        HandleEntry[] entries, IReadOnlyList<SubmitUse> uses, int first, int end, long baseNs, out int done, out Fence fence)
    {
        fence = default;
        Reservation[] reservations = new Reservation[end - first];
        for (int i = first; i < end; i++)
        {
            reservations[i - first] = entries[i].Tracked.Target.Reservation;
        }

        _acquire.LockAll(reservations);
        MoveAllowance allowance = _gpu.Throttle?.Begin() ?? default;
        try
        {
            _gpu.Device.Report(DeviceEventKind.ReservedAll, new DeviceEvent { ClientId = Id, Count = end - first });
            OperationContext context = new() { Cause = MoveCause.Submission };
            for (done = first; done < end; done++)
            {
                TrackedObject tracked = entries[done].Tracked;
                bool reaches = tracked.Placement.Places[0].Domain != MemoryDomain.System;
                Placement preferred = reaches ? PlacementNames.FirstWishOf(tracked.Placement) : Placement.Vram;
                MmStatus status = ValidateOne(tracked.Target, preferred, ref allowance, ref context);
                if (status == MmStatus.OutOfMemory && done > first)
                {
                    break;
                }

                if (status != MmStatus.Ok)
                {
                    return status;
                }
            }

            fence = QueueJob(entries, uses, first, done, baseNs);
            return MmStatus.Ok;
        }
        finally
        {
            _gpu.Throttle?.End(allowance);
            _acquire.UnlockAll();
        }
    }

    private MmStatus ValidateOne(BufferObject target, Placement preferred, ref MoveAllowance allowance, ref OperationContext context)
    {
        if (_gpu.Throttle is { } throttle)
        {
            return throttle.Validate(target, preferred, s_allowed, ref allowance, ref context);
        }

        MmStatus status = target.PinCount > 0 ? MmStatus.Ok : target.Validate(preferred, ref context);
        return status == MmStatus.OutOfMemory ? target.Validate(s_allowed, ref context) : status;
    }

    private Fence QueueJob(HandleEntry[] entries, IReadOnlyList<SubmitUse> uses, int first, int end, long baseNs)
    {
        long readyNs = 0;
        ulong vramBytes = 0;
        ulong linkBytes = 0;
        for (int i = first; i < end; i++)
        {
            BufferObject target = entries[i].Tracked.Target;
            FenceUsage behind = uses[i].IsWrite ? FenceUsage.Read : FenceUsage.Write;
            for (int k = 0; k < target.Reservation.FenceCount; k++)
            {
                Fence dependency = target.Reservation.FenceAt(k, out FenceUsage usage);
                readyNs = usage <= behind ? Math.Max(readyNs, _gpu.Driver.CompletionNs(dependency)) : readyNs;
            }

            ulong readBytes = Math.Min(uses[i].ReadBytes ?? target.SizeBytes, target.SizeBytes);
            if (target.Resource is { Manager.UsesPages: false })
            {
                vramBytes += readBytes;
            }
            else
            {
                linkBytes += readBytes;
            }
        }

        long durationNs = baseNs + _gpu.Machine.Vram.StreamNs(vramBytes) + _gpu.Machine.Link.StreamNs(linkBytes);
        Fence fence = _gpu.Driver.SubmitRender(readyNs, durationNs);
        long nowNs = _gpu.Driver.ClockNs;
        for (int i = first; i < end; i++)
        {
            TrackedObject tracked = entries[i].Tracked;
            tracked.Target.Reservation.AddFence(fence, uses[i].IsWrite ? FenceUsage.Write : FenceUsage.Read);
            tracked.Target.Bump();
            tracked.LastUsedNs = nowNs;
            _gpu.Device.Report(DeviceEventKind.Used, new DeviceEvent { ObjectId = tracked.Target.Id, ClientId = Id, Detail = fence.Seqno, SizeBytes = Math.Min(uses[i].ReadBytes ?? tracked.Target.SizeBytes, tracked.Target.SizeBytes) });
        }

        _gpu.Device.Report(DeviceEventKind.Submitted, new DeviceEvent { ClientId = Id, Detail = fence.Seqno, Count = end - first, DurationNs = (ulong)durationNs });

        _gpu.Activity.CountJob((long)linkBytes);
        return fence;
    }
}
