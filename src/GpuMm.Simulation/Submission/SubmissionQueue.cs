using System;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Primitives;

namespace GpuMm.Simulation;

/// <summary>
/// Submits work as drivers do: reserve all, validate each within the budget, let the moves queue, queue the job behind
/// them, put its fence on every object, make them the youngest, release.
/// </summary>
/// <remarks>
/// When not everything fits at once the work is split into several jobs, each over what fits; only an object that does
/// not fit alone fails. Objects of one <see cref="BulkMove"/> become the youngest together, used or not. One thread uses a queue. No managed allocation once its arrays have grown. Source: amdgpu_cs.c and
/// drm_exec, for the order of steps.
/// </remarks>
public sealed partial class SubmissionQueue
{
    private readonly SimulatedDriver _driver;
    private readonly EngineQueue _ring;
    private readonly AcquireContext _acquire = new();
    private Reservation[] _reservations = new Reservation[64];
    private Fence[] _dependencies = new Fence[16];
    private int _dependencyCount;
    private int _farFaults;
    private ulong _number; // On its machine, from 1, in the order of the first use: a replay knows of a queue no earlier

    /// <summary>A queue that shares the render ring's usual queue.</summary>
    /// <param name="driver">The machine.</param>
    public SubmissionQueue(SimulatedDriver driver)
    {
        ArgumentNullException.ThrowIfNull(driver);
        _driver = driver;
        _ring = driver.Render.Queue;
        Options = new SubmissionOptions();
    }

    /// <summary>A client's own queue.</summary>
    /// <param name="driver">The machine.</param>
    /// <param name="options">How the client submits.</param>
    /// <exception cref="ArgumentException">It has a budget and a throttle.</exception>
    /// <exception cref="InvalidOperationException">The machine has <see cref="Machine.MaxQueues"/> queues already.</exception>
    public SubmissionQueue(SimulatedDriver driver, SubmissionOptions options)
    {
        ArgumentNullException.ThrowIfNull(driver);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxPendingJobs, 1, nameof(options));
        if (options is { Budget: not null, Throttle: not null })
        {
            throw new ArgumentException("A queue has a budget or a throttle, not both.", nameof(options));
        }

        _driver = driver;
        _ring = driver.Machine.CreateQueue(driver.Render, options.Name, options.Priority);
        Options = options;
    }

    /// <summary>How the client submits.</summary>
    public SubmissionOptions Options { get; private init; }

    /// <summary>The client's jobs.</summary>
    public EngineQueue Ring => _ring;

    /// <summary>Where the objects should be for the GPU; others are evicted for it.</summary>
    public Placement Preferred
    {
        get => Options.Preferred;
        init => Options = Options with { Preferred = value };
    }

    /// <summary>Where they may be when there is no room in <see cref="Preferred"/>.</summary>
    public Placement Allowed
    {
        get => Options.Allowed;
        init => Options = Options with { Allowed = value };
    }

    /// <summary>Jobs do not start before: when the image they draw into is free, say.</summary>
    public SimTime NotBefore { get; set; }

    /// <summary>Jobs queued so far.</summary>
    public long JobCount { get; private set; }

    /// <summary>Bytes that jobs read over the link, because an object was not in video memory.</summary>
    public long LinkReadBytes { get; private set; }

    /// <summary>Objects that stayed where they were because the budget was empty.</summary>
    public long ThrottledCount { get; private set; }

    /// <summary>Far faults of jobs so far.</summary>
    public long FarFaultCount { get; private set; }

    /// <summary>Bytes that validation moved so far, every hop and every eviction counted.</summary>
    public ulong MovedBytes { get; private set; }

    private MmStatus SubmitAll(ReadOnlySpan<TextureUse> uses, long baseNs, out Fence last)
    {
        last = default;
        bool isFirst = true;
        while (isFirst || !uses.IsEmpty)
        {
            WaitForRoom();
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

    private void WaitForRoom()
    {
        while (_ring.PendingCount >= Options.MaxPendingJobs)
        {
            _driver.WaitFence(new Fence(_ring.Timeline, _ring.Timeline.SignaledSeqno + 1));
        }
    }

    private MmStatus SubmitSome(ReadOnlySpan<TextureUse> uses, long baseNs, out int done, out Fence fence)
    {
        fence = default;
        _driver.CurrentClient = Options.ClientId;
        LockAll(uses);
        try
        {
            MmStatus status = ValidateAll(uses, out done);
            if (status == MmStatus.Ok)
            {
                fence = QueueJob(uses[..done], baseNs);
            }

            return status;
        }
        finally
        {
            _acquire.UnlockAll();
            _driver.CurrentClient = 0;
        }
    }

    // Answers Ok with a part done when the rest does not fit beside it.
    private MmStatus ValidateAll(ReadOnlySpan<TextureUse> uses, out int done)
    {
        OperationContext context = default;
        _farFaults = 0;
        ulong budgetBytes = uses.IsEmpty ? 0 : BudgetBytes(uses[0].Target.Device);
        MoveAllowance allowance = Options.Throttle?.Begin() ?? default;
        MmStatus status = MmStatus.Ok;
        for (done = 0; done < uses.Length && status == MmStatus.Ok; done++)
        {
            BufferObject target = uses[done].Target;
            ulong movedBefore = context.BytesMoved;
            status = ValidateOne(target, budgetBytes, ref allowance, ref context);
            if (status == MmStatus.Ok && target.Resource is null)
            {
                status = MmStatus.InvalidArgument; // Who chose its place chose none, and a job cannot read what is nowhere.
            }

            if (status == MmStatus.Ok)
            {
                _farFaults += context.BytesMoved != movedBefore ? 1 : 0;
            }
            else
            {
                done--;
            }
        }

        MovedBytes += context.BytesMoved;
        Options.Budget?.Charge(context.BytesMoved);
        Options.Throttle?.End(allowance);
        ThrottledCount += allowance.KeptCount;
        return status == MmStatus.OutOfMemory && done > 0 ? MmStatus.Ok : status;
    }

    private MmStatus ValidateOne(BufferObject target, ulong budgetBytes, ref MoveAllowance allowance, ref OperationContext context)
    {
        if (Options.Chooser is { } chooser)
        {
            return ValidateAsChosen(chooser, target, ref context);
        }

        ulong movedBefore = context.BytesMoved;
        Placement wish = MoveBudget.Choose(budgetBytes, movedBefore, Options.Preferred, Options.Allowed);
        if (!ReferenceEquals(wish, Options.Preferred))
        {
            ThrottledCount++;
        }
        else
        {
            wish = target.Device.PlacementForUse(
                target, Options.Preferred, Options.Allowed, budgetBytes, movedBefore, isProtected: target.Priority >= 2);
        }

        if (Options.Throttle is { } throttle)
        {
            return throttle.Validate(target, wish, Options.Allowed, ref allowance, ref context);
        }

        MmStatus status = target.Validate(wish, ref context);
        return status == MmStatus.OutOfMemory && !wish.IsSameAs(Options.Allowed)
            ? target.Validate(Options.Allowed, ref context)
            : status;
    }

    private static MmStatus ValidateAsChosen(IPlacementChooser chooser, BufferObject target, ref OperationContext context)
    {
        MmStatus? last = null;
        while (chooser.TryChoose(target, last, out Placement placement))
        {
            last = target.Validate(placement, ref context);
        }

        return last ?? MmStatus.Ok;
    }

    private ulong BudgetBytes(GpuDevice device)
    {
        if (Options.Budget is not { } budget)
        {
            return ulong.MaxValue;
        }

        ResourceManager vram = device.Manager(MemoryDomain.Vram);
        return budget.AvailableBytes((ulong)_driver.Clock.Now.Nanoseconds, vram.SizeBytes - vram.UsedBytes, vram.SizeBytes);
    }

    private Fence QueueJob(ReadOnlySpan<TextureUse> uses, long baseNs)
    {
        _dependencyCount = 0;
        ulong vramBytes = 0;
        ulong linkBytes = 0;
        bool isUnified = _driver.Profile.IsUnified;
        Reservation? last = null;
        foreach (ref readonly TextureUse use in uses)
        {
            if (!ReferenceEquals(use.Target.Reservation, last))
            {
                last = use.Target.Reservation;
                CollectDependencies(last);
            }

            if (use.Target.Resource!.Manager.UsesPages && !isUnified)
            {
                linkBytes += use.ReadBytes;
            }
            else
            {
                vramBytes += use.ReadBytes;
            }
        }

        long faultNs = 0;
        if (Options.OnDemand)
        {
            FarFaultCount += _farFaults;
            faultNs = _farFaults * _driver.Profile.FarFaultNs;
        }

        JobDescription job = new(
            baseNs + faultNs + _driver.Profile.Vram.StreamNs(vramBytes),
            _driver.Profile.Link.StreamNs(linkBytes),
            linkBytes,
            LinkDirection.ToDevice,
            new JobLabel(MachineActivity.Job, Options.ClientId),
            NotBefore.Nanoseconds);
        Fence fence = _ring.Submit(job, _dependencies.AsSpan(0, _dependencyCount));
        MarkUsed(uses, fence);
        JobCount++;
        LinkReadBytes += (long)linkBytes;
        return fence;
    }

    // Neighbours that share a reservation, or grow old together, are served once.
    private static void MarkUsed(ReadOnlySpan<TextureUse> uses, Fence fence)
    {
        Reservation? last = null;
        BulkMove? bumped = null;
        foreach (ref readonly TextureUse use in uses)
        {
            BufferObject target = use.Target;
            if (!ReferenceEquals(target.Reservation, last))
            {
                last = target.Reservation;
                last.AddFence(fence, FenceUsage.Read);
            }

            if (target.BulkMove is not { } group)
            {
                target.Bump();
            }
            else if (!ReferenceEquals(group, bumped))
            {
                group.Bump();
                bumped = group;
            }
        }
    }

    // A reader waits for moves and for writers; one entry per timeline.
    private void CollectDependencies(Reservation reservation)
    {
        int count = reservation.FenceCount;
        for (int i = 0; i < count; i++)
        {
            Fence fence = reservation.FenceAt(i, out FenceUsage usage);
            if (usage <= FenceUsage.Write && !fence.IsSignaled)
            {
                AddDependency(fence);
            }
        }
    }

    private void AddDependency(Fence fence)
    {
        for (int i = 0; i < _dependencyCount; i++)
        {
            if (ReferenceEquals(_dependencies[i].Context, fence.Context))
            {
                _dependencies[i] = _dependencies[i].Seqno >= fence.Seqno ? _dependencies[i] : fence;
                return;
            }
        }

        if (_dependencyCount == _dependencies.Length)
        {
            Array.Resize(ref _dependencies, _dependencyCount * 2);
        }

        _dependencies[_dependencyCount++] = fence;
    }

    private void LockAll(ReadOnlySpan<TextureUse> uses)
    {
        if (_reservations.Length < uses.Length)
        {
            Array.Resize(ref _reservations, uses.Length * 2);
        }

        int count = 0;
        foreach (ref readonly TextureUse use in uses)
        {
            Reservation reservation = use.Target.Reservation;
            if (count == 0 || !ReferenceEquals(_reservations[count - 1], reservation))
            {
                _reservations[count++] = reservation;
            }
        }

        _acquire.LockAll(_reservations.AsSpan(0, count));
    }
}
