using System;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Primitives;

namespace GpuMm.Simulation;

/// <summary>
/// Submits work as drivers do: reserve all, validate each, let the moves queue, queue the job behind them, put its fence
/// on every object, make them the youngest, release.
/// </summary>
/// <remarks>
/// When not everything fits at once the work is split into several jobs, each over what fits; only an object that does
/// not fit alone fails. One thread uses a queue. No managed allocation once its arrays have grown.
/// </remarks>
public sealed class SubmissionQueue
{
    private readonly SimulatedDriver _driver;
    private readonly AcquireContext _acquire = new();
    private Reservation[] _reservations = new Reservation[64];

    /// <summary>A queue onto the render engine.</summary>
    /// <param name="driver">The machine.</param>
    public SubmissionQueue(SimulatedDriver driver)
    {
        ArgumentNullException.ThrowIfNull(driver);
        _driver = driver;
    }

    /// <summary>Where the objects should be for the GPU; others are evicted for it.</summary>
    public Placement Preferred { get; init; } = Placement.Vram;

    /// <summary>Where they may be when there is no room in <see cref="Preferred"/>.</summary>
    public Placement Allowed { get; init; } = Placement.VramThenGtt;

    /// <summary>Jobs queued so far.</summary>
    public long JobCount { get; private set; }

    /// <summary>Bytes that jobs read over the link, because an object was not in video memory.</summary>
    public long LinkReadBytes { get; private set; }

    /// <summary>Queues the work of one frame.</summary>
    /// <param name="uses">What it reads; no object twice.</param>
    /// <param name="baseNs">Time on the render engine beside reading, ns.</param>
    /// <param name="last">The fence of the last job.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>, or why an object cannot be brought where the GPU reaches it; jobs queued before it stay.
    /// </returns>
    public MmStatus Submit(ReadOnlySpan<TextureUse> uses, long baseNs, out Fence last)
    {
        last = default;
        bool isFirst = true;
        while (isFirst || !uses.IsEmpty)
        {
            MmStatus status = SubmitSome(uses, isFirst ? baseNs : 0, out int done, out last);
            if (status == MmStatus.OutOfMemory && uses.Length > 1)
            {
                // The others of the set hold all the room: this one alone, then the rest.
                status = SubmitSome(uses[..1], isFirst ? baseNs : 0, out done, out last);
            }

            if (status != MmStatus.Ok)
            {
                return status;
            }

            uses = uses[done..];
            isFirst = false;
        }

        return MmStatus.Ok;
    }

    private MmStatus SubmitSome(ReadOnlySpan<TextureUse> uses, long baseNs, out int done, out Fence fence)
    {
        LockAll(uses);
        try
        {
            OperationContext context = default;
            fence = default;
            for (done = 0; done < uses.Length; done++)
            {
                BufferObject target = uses[done].Target;
                MmStatus status = target.Validate(Preferred, ref context);
                if (status == MmStatus.OutOfMemory)
                {
                    status = target.Validate(Allowed, ref context);
                }

                if (status == MmStatus.OutOfMemory && done > 0)
                {
                    break;
                }

                if (status != MmStatus.Ok)
                {
                    return status;
                }
            }

            fence = QueueJob(uses[..done], baseNs);
            return MmStatus.Ok;
        }
        finally
        {
            _acquire.UnlockAll();
        }
    }

    private Fence QueueJob(ReadOnlySpan<TextureUse> uses, long baseNs)
    {
        SimTime start = SimTime.Zero;
        ulong vramBytes = 0;
        ulong linkBytes = 0;
        foreach (ref readonly TextureUse use in uses)
        {
            Reservation reservation = use.Target.Reservation;
            for (int i = 0; i < reservation.FenceCount; i++)
            {
                Fence dependency = reservation.FenceAt(i, out FenceUsage usage);
                if (usage <= FenceUsage.Write)
                {
                    start = SimTime.Max(start, _driver.CompletionOf(dependency));
                }
            }

            if (use.Target.Resource!.Manager.UsesPages)
            {
                linkBytes += use.ReadBytes;
            }
            else
            {
                vramBytes += use.ReadBytes;
            }
        }

        long durationNs = baseNs + _driver.Profile.Vram.StreamNs(vramBytes) + _driver.Profile.Link.StreamNs(linkBytes);
        Fence fence = _driver.Render.Submit(start, durationNs);
        foreach (ref readonly TextureUse use in uses)
        {
            use.Target.Reservation.AddFence(fence, FenceUsage.Read);
            use.Target.Bump();
        }

        JobCount++;
        LinkReadBytes += (long)linkBytes;
        return fence;
    }

    private void LockAll(ReadOnlySpan<TextureUse> uses)
    {
        if (_reservations.Length < uses.Length)
        {
            Array.Resize(ref _reservations, uses.Length * 2);
        }

        for (int i = 0; i < uses.Length; i++)
        {
            _reservations[i] = uses[i].Target.Reservation;
        }

        _acquire.LockAll(_reservations.AsSpan(0, uses.Length));
    }
}
