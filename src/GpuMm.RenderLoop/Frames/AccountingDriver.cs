using System;
using GpuMm.Backing;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Simulation;

namespace GpuMm.RenderLoop.Frames;

/// <summary>
/// The driver port of a run: hands everything on to the driver below, and writes into the ledger how long the processor
/// took, and for which object. What the engines do comes from the machine itself.
/// </summary>
internal sealed class AccountingDriver : GpuDriver
{
    private readonly SimulatedDriver _inner;
    private readonly VirtualClock _clock;
    private readonly FrameLedger _ledger;
    private readonly PingPong _pingPong;
    private Fence[] _dependencies = new Fence[16];

    public AccountingDriver(SimulatedDriver simulated, FrameLedger ledger, PingPong pingPong)
    {
        _inner = simulated;
        _clock = simulated.Clock;
        _ledger = ledger;
        _pingPong = pingPong;
    }

    /// <summary>The machine at the bottom.</summary>
    public SimulatedDriver Simulated => _inner;

    /// <summary>The object that the program reads or writes just now; 0 for none.</summary>
    public ulong CurrentObject { get; set; }

    /// <inheritdoc/>
    public override bool WantsAccesses => _inner.WantsAccesses;

    /// <inheritdoc/>
    public override ulong NowNs => _inner.NowNs;

    /// <inheritdoc/>
    public override ulong RemainingNs(Fence fence) => _inner.RemainingNs(fence);

    /// <summary>The processor works without memory.</summary>
    public void Work(long nanoseconds)
    {
        long start = _clock.Now.Nanoseconds;
        _clock.Advance(nanoseconds);
        Spent(start, FrameCause.CpuWork, 0, 0);
    }

    /// <summary>The processor waits until an earlier frame is drawn.</summary>
    public void WaitFrame(Fence fence)
    {
        long start = _clock.Now.Nanoseconds;
        _inner.WaitFence(fence);
        Spent(start, FrameCause.Image, 0, 0);
    }

    /// <summary>Queues a copy that the program asked for, over the link into an object. Lock: the object's reservation.</summary>
    public Fence QueueUpload(BufferObject target, ulong sizeBytes)
    {
        int count = 0;
        for (int i = 0; i < target.Reservation.FenceCount; i++)
        {
            Fence fence = target.Reservation.FenceAt(i, out _);
            if (!fence.IsSignaled)
            {
                if (count == _dependencies.Length)
                {
                    Array.Resize(ref _dependencies, count * 2);
                }

                _dependencies[count++] = fence;
            }
        }

        JobLabel label = new(MachineActivity.Copy, 0, target.Id, MemoryDomain.Gtt, target.Resource!.Domain);
        JobDescription job = _inner.TransferJob(sizeBytes, LinkDirection.ToDevice, label);
        return _inner.Machine.CopyEngine(LinkDirection.ToDevice).Queue.Submit(job, _dependencies.AsSpan(0, count));
    }

    /// <inheritdoc/>
    public override Placement EvictionPlacement(BufferObject victim) => _inner.EvictionPlacement(victim);

    /// <inheritdoc/>
    public override bool IsEvictionValuable(BufferObject victim, in Place place) => _inner.IsEvictionValuable(victim, place);

    /// <inheritdoc/>
    public override MoveResult Move(in MoveRequest request)
    {
        MoveResult result = _inner.Move(request);
        if (result.Outcome == MoveOutcome.Moved && request is { CarriesBytes: true })
        {
            Remember(request);
        }

        return result;
    }

    /// <inheritdoc/>
    public override void WaitFence(Fence fence)
    {
        long start = _clock.Now.Nanoseconds;
        _inner.WaitFence(fence);
        Spent(start, FrameCause.MoveWait, CurrentObject, 0);
    }

    /// <inheritdoc/>
    public override MmStatus WaitFence(Fence fence, ulong limitNs, WaitInterrupt? interrupt)
    {
        long start = _clock.Now.Nanoseconds;
        MmStatus status = _inner.WaitFence(fence, limitNs, interrupt);
        Spent(start, FrameCause.MoveWait, CurrentObject, 0);
        return status;
    }

    /// <inheritdoc/>
    public override TranslationTable? CreateTable(BufferObject target, TranslationFlags flags) => _inner.CreateTable(target, flags);

    /// <inheritdoc/>
    public override Caching IoCaching(Resource resource) => _inner.IoCaching(resource);

    /// <inheritdoc/>
    public override void OnReleased(BufferObject gone) => _inner.OnReleased(gone);

    /// <inheritdoc/>
    public override void OnMemoryDropped(BufferObject target) => _inner.OnMemoryDropped(target);

    /// <inheritdoc/>
    public override void OnSwapOut(BufferObject target) => _inner.OnSwapOut(target);

    /// <inheritdoc/>
    public override void OnAccess(FrameIndex first, Caching caching, AccessKind kind, ulong sizeBytes)
    {
        long start = _clock.Now.Nanoseconds;
        _inner.OnAccess(first, caching, kind, sizeBytes);
        Spent(start, kind == AccessKind.Write ? FrameCause.CpuWrite : FrameCause.CpuRead, CurrentObject, sizeBytes);
    }

    /// <inheritdoc/>
    public override void OnFault(VmArea? area, VmFaultResult result, int insertedCount)
    {
        long start = _clock.Now.Nanoseconds;
        _inner.OnFault(area, result, insertedCount);
        Spent(start, FrameCause.Fault, CurrentObject, 0);
    }

    /// <inheritdoc/>
    public override void OnZap(VmArea area, int zappedCount)
    {
        long start = _clock.Now.Nanoseconds;
        _inner.OnZap(area, zappedCount);
        Spent(start, FrameCause.Zap, area.PrivateData is BufferObject moved ? moved.Id : 0, 0);
    }

    private void Remember(in MoveRequest request)
    {
        if (request.From!.Domain == MemoryDomain.Vram)
        {
            _pingPong.Left(request.Target.Id);
        }
        else if (request.To.Domain == MemoryDomain.Vram)
        {
            _pingPong.Entered(request.Target.Id, request.Target.SizeBytes);
        }
    }

    private void Spent(long startNs, FrameCause cause, ulong objectId, ulong sizeBytes) =>
        _ledger.Processor(new TimeSpent(startNs, _clock.Now.Nanoseconds, cause, objectId, sizeBytes));
}
