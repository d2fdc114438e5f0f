using System;
using System.Threading;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Simulation;

namespace GpuMm.Hosting.Machine;

/// <summary>
/// A driver whose engines run on a <see cref="TimeProvider"/>: copies take as long as the machine's link says, and their
/// fences signal when that time has passed.
/// </summary>
/// <remarks>
/// Safe for concurrent use. The bytes are copied when a move is queued; nobody can look before its fence. CPU accesses
/// and faults take the time they really take: nothing is added to them. Fences are signalled by <see cref="Pump"/>,
/// which a timer calls, and by everyone who waits; so a device works without any background service.
/// </remarks>
public sealed class RealTimeDriver : GpuDriver, IDisposable
{
    private const long SpinNs = 300_000; // A sleep lasts 1 ms or more; shorter waits give their time slice away instead.

    private readonly TimeProvider _time;
    private readonly long _epoch;
    private readonly double _speed;
    private readonly ITimer _timer;
    private ulong _bytesBefore; // Of the copy that was queued last.
    private long _armedForNs = long.MaxValue;
    private volatile bool _isDisposed;
    private volatile bool _isDrained;

    /// <summary>An idle machine.</summary>
    /// <param name="profile">Its figures.</param>
    /// <param name="time">The clock.</param>
    /// <param name="speed">How many times faster than the machine; 0 for at once.</param>
    public RealTimeDriver(MachineProfile profile, TimeProvider time, double speed)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfNegative(speed);
        Profile = profile;
        _time = time;
        _speed = speed;
        _epoch = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((RealTimeDriver)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The machine's figures.</summary>
    public MachineProfile Profile { get; }

    /// <summary>The engine that moves objects.</summary>
    public RealTimeEngine Copy { get; } = new("copy");

    /// <summary>The engine that draws.</summary>
    public RealTimeEngine Render { get; } = new("render");

    /// <summary>Time since the driver was made, ns.</summary>
    public long ClockNs => (long)_time.GetElapsedTime(_epoch).TotalNanoseconds;

    /// <inheritdoc/>
    public override ulong NowNs => (ulong)ClockNs;

    /// <inheritdoc/>
    public override bool WantsAccesses => false;

    /// <summary>Jobs and copies that have not ended.</summary>
    public ulong PendingCount => Copy.PendingCount + Render.PendingCount;

    /// <summary>How long the oldest job that should have ended has been waiting for its signal, ns; 0 when none.</summary>
    /// <remarks>More than a few milliseconds means that nobody pumps.</remarks>
    public long OverdueNs
    {
        get
        {
            long next = Math.Min(NextCompletionNs(Copy), NextCompletionNs(Render));
            return next == long.MaxValue ? 0 : Math.Max(0, ClockNs - next);
        }
    }

    /// <summary>Queues a job on the render engine.</summary>
    /// <param name="readyNs">When what it depends on is done.</param>
    /// <param name="durationNs">How long the machine takes for it, ns.</param>
    /// <returns>The fence that its end signals.</returns>
    public Fence SubmitRender(long readyNs, long durationNs) => Submit(Render, readyNs, durationNs);

    /// <summary>When a fence of this machine signals; 0 when it has.</summary>
    /// <param name="fence">The fence.</param>
    /// <exception cref="ArgumentException">It belongs to another timeline.</exception>
    public long CompletionNs(Fence fence) =>
        fence.IsSignaled ? 0
        : ReferenceEquals(fence.Context, Copy.Timeline) ? Copy.CompletionNs(fence.Seqno)
        : ReferenceEquals(fence.Context, Render.Timeline) ? Render.CompletionNs(fence.Seqno)
        : throw new ArgumentException($"Fence {fence} is not of this machine.", nameof(fence));

    /// <summary>Signals every fence whose time has come, and sets the timer for the next.</summary>
    public void Pump()
    {
        long nowNs = ClockNs;
        long next = Math.Min(Copy.Pump(nowNs), Render.Pump(nowNs));
        if (next != long.MaxValue)
        {
            Arm(next, nowNs);
        }
    }

    /// <inheritdoc/>
    public override MoveResult Move(in MoveRequest request)
    {
        bool crosses = (request.From?.Domain, request.To.Domain) is
            (MemoryDomain.Vram, MemoryDomain.System) or (MemoryDomain.System, MemoryDomain.Vram);
        if (crosses && request.CarriesBytes)
        {
            return MoveResult.Via(new Place(MemoryDomain.Gtt)); // The copy engine reaches system pages through the aperture only.
        }

        long readyNs = LatestDependency(request, out Fence last);
        request.CopyContents();
        bool clears = !request.CarriesBytes && !request.To.Manager.UsesPages;
        if (!request.CarriesBytes && !clears)
        {
            return MoveResult.Queued(last); // The pages stay; the space may be handed on when the last job through it is done.
        }

        bool staysOnCard = clears || (request.From!.Domain == MemoryDomain.Vram && request.To.Domain == MemoryDomain.Vram);
        ulong sizeBytes = request.Target.SizeBytes;
        ulong bytesBefore = Interlocked.Exchange(ref _bytesBefore, sizeBytes);
        long durationNs = staysOnCard
            ? Profile.Vram.DurationNs(sizeBytes)
            : Profile.Link.DurationNs(sizeBytes) + Profile.Link.Cold.NsBehind(bytesBefore);
        return MoveResult.Queued(Submit(Copy, readyNs, durationNs));
    }

    /// <inheritdoc/>
    public override void WaitFence(Fence fence) => WaitFence(fence, long.MaxValue, interrupt: null);

    /// <inheritdoc/>
    public override MmStatus WaitFence(Fence fence, ulong limitNs, WaitInterrupt? interrupt)
    {
        long startNs = ClockNs;
        SpinWait spinner = default;
        while (!fence.IsSignaled)
        {
            long nowNs = ClockNs;
            long leftNs = CompletionNs(fence) - nowNs;
            if (leftNs <= 0)
            {
                Pump();
                continue;
            }

            if (interrupt is { IsRaised: true })
            {
                return MmStatus.Interrupted;
            }

            if ((ulong)(nowNs - startNs) >= limitNs)
            {
                return MmStatus.Busy;
            }

            if (leftNs < SpinNs)
            {
                spinner.SpinOnce(sleep1Threshold: -1);
            }
            else
            {
                Thread.Sleep(1);
            }
        }

        return MmStatus.Ok;
    }

    /// <summary>Waits until everything that was queued has ended, and gives up what has not by then.</summary>
    /// <param name="limit">Most time to wait.</param>
    /// <param name="cancellationToken">Ends the wait early.</param>
    /// <returns>Jobs given up: their fences are signalled although the machine would still work on them.</returns>
    /// <remarks>Afterwards what is queued ends at once.</remarks>
    public ulong Drain(TimeSpan limit, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        Pump();
        while (PendingCount > 0 && _time.GetElapsedTime(start) < limit && !cancellationToken.IsCancellationRequested)
        {
            Thread.Sleep(1);
            Pump();
        }

        ulong abandoned = PendingCount;
        _isDrained = true;
        Copy.Pump(long.MaxValue);
        Render.Pump(long.MaxValue);
        return abandoned;
    }

    /// <inheritdoc/>
    public override ulong RemainingNs(Fence fence) => (ulong)Math.Max(0, CompletionNs(fence) - ClockNs);

    /// <summary>Stops the timer. Fences are then signalled only by those who wait for them.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _timer.Dispose();
    }

    private Fence Submit(RealTimeEngine engine, long readyNs, long durationNs)
    {
        long nowNs = ClockNs;
        long scaledNs = _speed == 0 || _isDrained ? 0 : (long)(durationNs / _speed);
        Fence fence = engine.Submit(readyNs, scaledNs, nowNs);
        long completionNs = engine.CompletionNs(fence.Seqno);
        if (completionNs <= nowNs)
        {
            engine.Pump(nowNs);
        }
        else
        {
            Arm(completionNs, nowNs);
        }

        return fence;
    }

    private static long NextCompletionNs(RealTimeEngine engine) => engine.Pump(long.MinValue);

    private void OnTimer()
    {
        Volatile.Write(ref _armedForNs, long.MaxValue);
        Pump();
    }

    // Two callers may set the timer in the wrong order; then it fires for the later of two jobs, and whoever waits pumps.
    private void Arm(long dueNs, long nowNs)
    {
        long armed = Volatile.Read(ref _armedForNs);
        while (dueNs < armed)
        {
            long seen = Interlocked.CompareExchange(ref _armedForNs, dueNs, armed);
            if (seen != armed)
            {
                armed = seen;
                continue;
            }

            if (!_isDisposed)
            {
                // Timers count whole milliseconds; rounded up, so that it does not fire before its time.
                long dueMs = Math.Max(1, (dueNs - nowNs + 999_999) / 1_000_000);
                _timer.Change(TimeSpan.FromMilliseconds(dueMs), Timeout.InfiniteTimeSpan);
            }

            return;
        }
    }

    private long LatestDependency(in MoveRequest request, out Fence last)
    {
        Reservation reservation = request.Target.Reservation;
        long latest = 0;
        last = default;
        for (int i = 0; i < reservation.FenceCount; i++)
        {
            Fence fence = reservation.FenceAt(i, out _);
            long completion = CompletionNs(fence);
            if (completion > latest)
            {
                latest = completion;
                last = fence;
            }
        }

        return latest;
    }
}
