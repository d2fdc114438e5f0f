using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.Simulation;

/// <summary>
/// A driver on a virtual clock: copies take their time on copy engines behind a link that others use too, CPU accesses
/// and faults cost what the machine's profile says.
/// </summary>
/// <remarks>
/// The bytes themselves are copied when a move is queued; nobody can look before its fence, so the order that a program
/// sees is that of the timing. One thread drives a simulated device.
/// </remarks>
public class SimulatedDriver : GpuDriver
{
    private readonly VirtualClock _clock;
    private readonly LinkTime[] _linkTimes = new LinkTime[256]; // Of the sizes asked for last, by pages
    private Fence[] _dependencies = new Fence[8];
    private ulong _lastQueue;
    private ulong _bytesBefore; // Of the copy that was queued last.

    /// <summary>An idle machine.</summary>
    /// <param name="profile">Its figures.</param>
    /// <param name="clock">Its clock.</param>
    public SimulatedDriver(MachineProfile profile, VirtualClock clock)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(clock);
        Profile = profile;
        _clock = clock;
        Machine = new Machine(profile, clock);
    }

    /// <summary>The machine's figures.</summary>
    public MachineProfile Profile { get; }

    /// <summary>The clock.</summary>
    public VirtualClock Clock => _clock;

    /// <summary>The parts that work at the same time.</summary>
    public Machine Machine { get; }

    /// <summary>The engine that moves objects into VRAM; with one copy engine, out of it too.</summary>
    public Engine Copy => Machine.CopyEngines[0];

    /// <summary>The engine that draws.</summary>
    public Engine Render => Machine.Render;

    /// <summary>For whom moves are made just now: what spans of copies are labelled with. Submission sets it.</summary>
    public int CurrentClient { get; set; }

    internal ulong NextQueueNumber() => ++_lastQueue;

    /// <inheritdoc/>
    public override ulong NowNs => (ulong)_clock.Now.Nanoseconds;

    /// <inheritdoc/>
    public override ulong RemainingNs(Fence fence) =>
        (ulong)Math.Max(0, CompletionOf(fence).Nanoseconds - _clock.Now.Nanoseconds);

    /// <inheritdoc/>
    public override MoveResult Move(in MoveRequest request)
    {
        bool crosses = (request.From?.Domain, request.To.Domain) is
            (MemoryDomain.Vram, MemoryDomain.System) or (MemoryDomain.System, MemoryDomain.Vram);
        if (crosses && request.CarriesBytes)
        {
            // The copy engine reaches system pages through the aperture only.
            return MoveResult.Via(new Place(MemoryDomain.Gtt));
        }

        // Before a byte is touched: a fence of a stranger throws here.
        ReadOnlySpan<Fence> dependencies = Dependencies(request.Target.Reservation);
        bool clears = !request.CarriesBytes && !request.To.Manager.UsesPages;
        bool takesTime = request.CarriesBytes || clears;
        bool staysOnCard = clears || request is { From.Domain: MemoryDomain.Vram, To.Domain: MemoryDomain.Vram };
        JobDescription job = takesTime ? CopyJob(request, clears, staysOnCard) : default;
        long modelNs = job.FixedNs + job.LinkNs;
        long durationNs = CarryOut(request, modelNs);
        if (!takesTime)
        {
            // The pages stay; but the aperture may be handed on only when the last job that reads through it is done.
            return MoveResult.Queued(Join(dependencies));
        }

        if (durationNs != modelNs)
        {
            // What was measured takes the place of the model; the stream keeps as much of it as fits.
            long linkNs = Math.Min(job.LinkNs, durationNs);
            job = job with { FixedNs = durationNs - linkNs, LinkNs = linkNs };
        }

        Engine engine = staysOnCard ? Machine.CopyEngines[0] : Machine.CopyEngine(job.Direction);
        Fence fence = engine.Queue.Submit(job, dependencies);
        OnQueued(request, fence);
        return MoveResult.Queued(fence);
    }

    /// <summary>Carries the bytes of a move, at once; a driver with a real device behind it does the same move there.</summary>
    /// <param name="request">The move; its dependencies need not be done yet on the virtual clock.</param>
    /// <param name="modelNs">What the profile says it takes alone, ns; 0 when only the bookkeeping changes.</param>
    /// <returns>How long the copy engine is busy with it, ns; 0 or more. Not used when <paramref name="modelNs"/> is 0.</returns>
    /// <remarks>Lock: the object's reservation. An override calls this one, or <see cref="MoveRequest.CopyContents"/>.</remarks>
    protected virtual long CarryOut(in MoveRequest request, long modelNs)
    {
        request.CopyContents();
        return modelNs;
    }

    /// <summary>A copy was queued.</summary>
    /// <param name="request">The move.</param>
    /// <param name="fence">What its end signals, on the virtual clock.</param>
    /// <remarks>Lock: the object's reservation.</remarks>
    protected virtual void OnQueued(in MoveRequest request, Fence fence)
    {
    }

    /// <inheritdoc/>
    public override void WaitFence(Fence fence) => RunUntil(fence, long.MaxValue);

    /// <inheritdoc/>
    /// <remarks>The limit is simulated time.</remarks>
    public override MmStatus WaitFence(Fence fence, ulong limitNs, WaitInterrupt? interrupt)
    {
        if (fence.IsSignaled)
        {
            return MmStatus.Ok;
        }

        if (interrupt is { IsRaised: true })
        {
            return MmStatus.Interrupted;
        }

        long nowNs = _clock.Now.Nanoseconds;
        RunUntil(fence, limitNs > (ulong)(long.MaxValue - nowNs) ? long.MaxValue : nowNs + (long)limitNs);
        if (!fence.IsSignaled)
        {
            return MmStatus.Busy;
        }

        WaitFence(fence); // The time has passed; a driver with a device behind it has more to wait for.
        return MmStatus.Ok;
    }

    /// <inheritdoc/>
    public override void OnAccess(FrameIndex first, Caching caching, AccessKind kind, ulong sizeBytes)
    {
        long startNs = _clock.Now.Nanoseconds;
        Bandwidth processor = (caching, kind) switch
        {
            (Caching.Cached, _) => Profile.CpuCached,
            (Caching.Uncached, AccessKind.Write) => Profile.CpuUncachedWrite,
            (_, AccessKind.Write) => Profile.CpuWriteCombined,
            _ => Profile.CpuUncachedRead,
        };
        long endNs = startNs + processor.DurationNs(sizeBytes);
        bool overLink = first.MemoryIndex != (int)MemoryDomain.System && !Profile.IsUnified;
        LinkDirection direction = kind == AccessKind.Write ? LinkDirection.ToDevice : LinkDirection.ToHost;
        if (overLink)
        {
            // Over the bus window the link is the limit when it, or our share of it, is slower than the processor.
            endNs = Math.Max(endNs, Machine.TransferForCpu(direction, Profile.Link.StreamNs(sizeBytes), sizeBytes));
        }

        _clock.AdvanceTo(new SimTime(endNs));
        TellCpu(MachineActivity.CpuAccess, startNs, direction: direction, linkBytes: overLink ? sizeBytes : 0);
    }

    /// <inheritdoc/>
    public override void OnFault(VmArea? area, VmFaultResult result, int insertedCount)
    {
        long startNs = _clock.Now.Nanoseconds;
        _clock.Advance(Profile.FaultNs + (insertedCount * Profile.PteInsertNs));
        TellCpu(MachineActivity.CpuFault, startNs, area);
    }

    /// <inheritdoc/>
    public override void OnZap(VmArea area, int zappedCount)
    {
        long startNs = _clock.Now.Nanoseconds;
        _clock.Advance(Profile.ZapNs);
        TellCpu(MachineActivity.CpuZap, startNs, area);
    }

    /// <summary>When a fence of this machine signals as things stand, or did.</summary>
    /// <param name="fence">The fence.</param>
    /// <remarks>As <see cref="Machine.CompletionOf"/>.</remarks>
    /// <exception cref="ArgumentException">It belongs to another timeline.</exception>
    public SimTime CompletionOf(Fence fence) => Machine.CompletionOf(fence);

    private void RunUntil(Fence fence, long deadlineNs)
    {
        if (fence.IsSignaled)
        {
            return;
        }

        Machine.QueueOf(fence); // A stranger's fence throws, for nothing here would ever signal it.
        long startNs = _clock.Now.Nanoseconds;
        while (!fence.IsSignaled && _clock.NextEvent.Nanoseconds <= deadlineNs)
        {
            _clock.AdvanceTo(_clock.NextEvent);
        }

        if (!fence.IsSignaled)
        {
            _clock.AdvanceTo(new SimTime(deadlineNs));
        }

        TellCpu(MachineActivity.CpuWait, startNs, fence: fence);
    }

    private JobDescription CopyJob(in MoveRequest request, bool clears, bool staysOnCard)
    {
        ulong sizeBytes = request.Target.SizeBytes;
        MachineActivity activity = clears ? MachineActivity.Clear : request.IsEviction ? MachineActivity.Eviction : MachineActivity.Copy;
        JobLabel label = new(activity, CurrentClient, request.Target.Id, request.From?.Domain ?? request.To.Domain, request.To.Domain);
        if (staysOnCard)
        {
            _bytesBefore = sizeBytes;
            return new JobDescription(Profile.Vram.DurationNs(sizeBytes), Label: label);
        }

        return TransferJob(sizeBytes, request.To.Domain == MemoryDomain.Vram ? LinkDirection.ToDevice : LinkDirection.ToHost, label);
    }

    /// <summary>The job of a copy over the link, to be queued next.</summary>
    /// <param name="sizeBytes">Bytes.</param>
    /// <param name="direction">Which way.</param>
    /// <param name="label">What it is told as.</param>
    /// <remarks>It counts as the copy before the next one: see <see cref="LinkModel.Cold"/>.</remarks>
    public JobDescription TransferJob(ulong sizeBytes, LinkDirection direction, in JobLabel label)
    {
        ref LinkTime time = ref _linkTimes[(int)(Pages.Count(sizeBytes) % (ulong)_linkTimes.Length)];
        if (time.SizeBytes != sizeBytes)
        {
            time = new LinkTime(sizeBytes, Profile.Link.OverheadNs(sizeBytes), Profile.Link.StreamNs(sizeBytes));
        }

        long coldNs = Profile.Link.Cold.NsBehind(_bytesBefore);
        _bytesBefore = sizeBytes;
        return new JobDescription(time.OverheadNs + coldNs, time.StreamNs, sizeBytes, direction, label);
    }

    // One fence that signals when all have. Several become a job of no length on a ring that does nothing else.
    private Fence Join(ReadOnlySpan<Fence> fences) => fences.Length switch
    {
        0 => default,
        1 => fences[0],
        _ => Machine.Joiner.Queue.Submit(new JobDescription(0, Label: new JobLabel(MachineActivity.Join, CurrentClient)), fences),
    };

    private ReadOnlySpan<Fence> Dependencies(Reservation reservation)
    {
        int count = 0;
        for (int i = 0; i < reservation.FenceCount; i++)
        {
            Fence fence = reservation.FenceAt(i, out _);
            if (!fence.IsSignaled)
            {
                Machine.QueueOf(fence);
                if (count == _dependencies.Length)
                {
                    Array.Resize(ref _dependencies, count * 2);
                }

                _dependencies[count++] = fence;
            }
        }

        return _dependencies.AsSpan(0, count);
    }

    private void TellCpu(
        MachineActivity activity, long startNs, VmArea? area = null, Fence fence = default,
        LinkDirection direction = LinkDirection.ToDevice, ulong linkBytes = 0)
    {
        if (!Machine.IsObserved)
        {
            return;
        }

        ulong objectId = area?.PrivateData is BufferObject target ? target.Id : 0;
        long endNs = _clock.Now.Nanoseconds;
        Machine.Tell(new MachineSpan(
            Machine.CpuTrack, new JobLabel(activity, CurrentClient, objectId), fence, default, startNs, startNs, startNs, endNs,
            endNs - startNs, direction, linkBytes));
    }

    // Measured curves cost an arc tangent each time, and a program moves objects of a few sizes over and over.
    private readonly record struct LinkTime(ulong SizeBytes, long OverheadNs, long StreamNs);
}
