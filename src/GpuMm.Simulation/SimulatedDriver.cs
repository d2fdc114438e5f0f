using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;

namespace GpuMm.Simulation;

/// <summary>
/// A driver on a virtual clock: copies take their time on a copy engine behind a link, CPU accesses and faults cost what
/// the machine's profile says.
/// </summary>
/// <remarks>
/// The bytes themselves are copied when a move is queued; nobody can look before its fence, so the order that a program
/// sees is that of the timing. One thread drives a simulated device.
/// </remarks>
public class SimulatedDriver : GpuDriver
{
    private readonly VirtualClock _clock;

    /// <summary>An idle machine.</summary>
    /// <param name="profile">Its figures.</param>
    /// <param name="clock">Its clock.</param>
    public SimulatedDriver(MachineProfile profile, VirtualClock clock)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(clock);
        Profile = profile;
        _clock = clock;
        Copy = new Engine("copy", clock);
        Render = new Engine("render", clock);
    }

    /// <summary>The machine's figures.</summary>
    public MachineProfile Profile { get; }

    /// <summary>The clock.</summary>
    public VirtualClock Clock => _clock;

    /// <summary>The engine that moves objects.</summary>
    public Engine Copy { get; }

    /// <summary>The engine that draws.</summary>
    public Engine Render { get; }

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
        SimTime ready = LatestDependency(request, out Fence last);
        bool clears = !request.CarriesBytes && !request.To.Manager.UsesPages;
        bool staysOnCard = clears || request is { From.Domain: MemoryDomain.Vram, To.Domain: MemoryDomain.Vram };
        ulong sizeBytes = request.Target.SizeBytes;
        bool takesTime = request.CarriesBytes || clears;
        long modelNs = !takesTime ? 0 : staysOnCard ? Profile.Vram.DurationNs(sizeBytes) : Profile.Link.DurationNs(sizeBytes);
        long durationNs = CarryOut(request, modelNs);
        if (!takesTime)
        {
            // The pages stay; but the aperture may be handed on only when the last job that reads through it is done.
            return MoveResult.Queued(last);
        }

        Fence fence = Copy.Submit(ready, durationNs);
        OnQueued(request, fence);
        return MoveResult.Queued(fence);
    }

    /// <summary>Carries the bytes of a move, at once; a driver with a real device behind it does the same move there.</summary>
    /// <param name="request">The move; its dependencies need not be done yet on the virtual clock.</param>
    /// <param name="modelNs">What the profile says it takes, ns; 0 when only the bookkeeping changes.</param>
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
    public override void WaitFence(Fence fence)
    {
        if (!fence.IsSignaled)
        {
            _clock.AdvanceTo(CompletionOf(fence));
        }
    }

    /// <inheritdoc/>
    public override void OnAccess(FrameIndex first, Caching caching, AccessKind kind, ulong sizeBytes)
    {
        long costNs = (caching, kind) switch
        {
            (Caching.Cached, _) => Profile.CpuCached.DurationNs(sizeBytes),
            (_, AccessKind.Write) => Profile.CpuWriteCombined.DurationNs(sizeBytes),
            _ => Profile.CpuUncachedRead.DurationNs(sizeBytes),
        };

        // Over the bus window the link is the limit when it is slower than the processor.
        bool overLink = first.MemoryIndex != (int)MemoryDomain.System;
        _clock.Advance(overLink ? Math.Max(costNs, Profile.Link.StreamNs(sizeBytes)) : costNs);
    }

    /// <inheritdoc/>
    public override void OnFault(VmArea? area, VmFaultResult result, int insertedCount) =>
        _clock.Advance(Profile.FaultNs + (insertedCount * Profile.PteInsertNs));

    /// <inheritdoc/>
    public override void OnZap(VmArea area, int zappedCount) => _clock.Advance(Profile.ZapNs);

    /// <summary>When a fence of this machine signals.</summary>
    /// <param name="fence">The fence.</param>
    /// <exception cref="ArgumentException">It belongs to another timeline.</exception>
    public SimTime CompletionOf(Fence fence) =>
        fence.IsSignaled ? SimTime.Zero
        : ReferenceEquals(fence.Context, Copy.Timeline) ? Copy.CompletionOf(fence.Seqno)
        : ReferenceEquals(fence.Context, Render.Timeline) ? Render.CompletionOf(fence.Seqno)
        : throw new ArgumentException($"Fence {fence} is not of this machine.", nameof(fence));

    private SimTime LatestDependency(in MoveRequest request, out Fence last)
    {
        Reservation reservation = request.Target.Reservation;
        SimTime latest = SimTime.Zero;
        last = default;
        for (int i = 0; i < reservation.FenceCount; i++)
        {
            Fence fence = reservation.FenceAt(i, out _);
            SimTime completion = CompletionOf(fence);
            if (completion > latest)
            {
                latest = completion;
                last = fence;
            }
        }

        return latest;
    }
}
