using System;
using System.Numerics;
using GpuMm.Simulation;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>
/// Clock, engines and link of a replay: the rules of <see cref="Machine"/> for engines of one queue each, nobody listening and
/// no CPU on the link. The same nanoseconds.
/// </summary>
internal sealed class CompactMachine
{
    /// <summary>Timelines: one of each engine.</summary>
    public const int TimelineCount = 4;

    /// <summary>The engine that draws.</summary>
    public const int Render = 0;

    /// <summary>The engine that copies; the first of two.</summary>
    public const int Copy = 1;

    /// <summary>The engine whose jobs take no time.</summary>
    public const int Joiner = 3;

    /// <summary>The largest number of a job.</summary>
    public const uint MaxSeqno = (1u << 29) - 1;

    private const long MaxLinkNs = long.MaxValue / (Machine.WorkPerNs * Machine.MaxTracks);

    private readonly bool _isFullDuplex;
    private readonly int _lastCopy;
    private CompactEngines _engines;
    private CompactWaits _signaled;
    private uint _busy; // A bit for each engine that has a job
    private uint _waiting; // A bit for each engine whose next job waits for others
    private long _stateNs;
    private long _nextNs = long.MaxValue;
    private int _toDevice; // Who streams on lane 0
    private int _toHost; // Who streams on lane 1

    /// <summary>An idle machine.</summary>
    /// <param name="profile">Its figures.</param>
    public CompactMachine(MachineProfile profile)
    {
        _isFullDuplex = profile.Link.IsFullDuplex;
        _lastCopy = Copy + Math.Min(profile.CopyEngines, 2) - 1;
    }

    /// <summary>The present, ns.</summary>
    public long NowNs { get; private set; }

    /// <summary>The number of the last job of a timeline that has ended.</summary>
    /// <param name="timeline">The timeline.</param>
    public uint SignaledOf(int timeline) => _signaled[timeline];

    /// <summary>Jobs to draw that have not ended.</summary>
    public uint PendingJobs => _engines[Render].Issued - _signaled[Render];

    /// <summary>The work that an engine was given, ns.</summary>
    /// <param name="engine">The engine.</param>
    public long BusyNs(int engine) => _engines[engine].BusyNs;

    /// <summary>The engine that copies one way.</summary>
    /// <param name="direction">Which way.</param>
    public int CopyEngine(LinkDirection direction) => Math.Min(Copy + (int)direction, _lastCopy);

    /// <summary>Queues a job.</summary>
    /// <param name="engine">For whom.</param>
    /// <param name="fixedNs">Time without the link, ns.</param>
    /// <param name="linkNs">Time on the link, ns.</param>
    /// <param name="direction">Which way it streams.</param>
    /// <param name="waits">What must be done before.</param>
    /// <returns>Its number.</returns>
    public uint Submit(int engine, long fixedNs, long linkNs, LinkDirection direction, in CompactWaits waits)
    {
        ref CompactEngine its = ref _engines[engine];
        if (linkNs > MaxLinkNs || its.Issued == MaxSeqno)
        {
            throw new CompactLimitException("a job is too long, or a timeline has more than fit");
        }

        ref CompactJob job = ref its.Add(_signaled[engine]);
        job.FixedNs = fixedNs;
        job.LinkNs = linkNs;
        job.Waits = waits;
        job.Lane = _isFullDuplex ? (int)direction : 0;
        its.BusyNs += fixedNs + linkNs;

        // Who waits for others goes on when they end, and not for more work.
        uint bit = 1u << engine;
        if (((_busy | _waiting) & bit) == 0)
        {
            _waiting |= bit;
            Progress(NowNs);
            Dispatch();
        }

        return its.Issued;
    }

    /// <summary>Lets time pass until a point; does nothing when it lies behind.</summary>
    /// <param name="ns">The point.</param>
    public void AdvanceTo(long ns)
    {
        NowNs = Math.Max(NowNs, ns);
        while (_nextNs <= NowNs)
        {
            Step();
        }
    }

    /// <summary>Lets time pass until a job has ended.</summary>
    /// <param name="timeline">Its timeline.</param>
    /// <param name="seqno">Its number.</param>
    public void WaitFor(int timeline, uint seqno)
    {
        while (_signaled[timeline] < seqno)
        {
            AdvanceTo(_nextNs);
        }
    }

    private void Step()
    {
        Progress(_nextNs);
        for (uint left = _busy; left != 0; left &= left - 1)
        {
            int i = BitOperations.TrailingZeroCount(left);
            ref CompactEngine run = ref _engines[i];
            if (!run.IsOnLink)
            {
                if (run.EndNs <= _stateNs)
                {
                    EnterLink(ref run, i);
                }
            }
            else if (run.Remaining == 0)
            {
                Flows(run.Lane)--;
                Finish(ref run, i);
            }
        }

        Dispatch();
    }

    private ref int Flows(int lane) => ref lane == 0 ? ref _toDevice : ref _toHost;

    private void Progress(long ns)
    {
        long passedNs = ns - _stateNs;
        if (passedNs <= 0)
        {
            return;
        }

        _stateNs = ns;
        if ((_toDevice | _toHost) == 0)
        {
            return;
        }

        for (uint left = _busy; left != 0; left &= left - 1)
        {
            ref CompactEngine run = ref _engines[BitOperations.TrailingZeroCount(left)];
            if (run.IsOnLink)
            {
                int users = Flows(run.Lane);
                long share = users == 1 ? Machine.WorkPerNs : Machine.WorkPerNs / users;
                long whole = users == 1 ? run.Remaining / Machine.WorkPerNs : run.Remaining / share;
                run.Remaining = passedNs > whole ? 0 : run.Remaining - (passedNs * share);
            }
        }
    }

    // Starts what is ready, and finds out when something ends next.
    private void Dispatch()
    {
        bool isAgain = _waiting != 0;
        while (isAgain)
        {
            isAgain = false;
            for (uint left = _waiting; left != 0; left &= left - 1)
            {
                int i = BitOperations.TrailingZeroCount(left);
                ref CompactEngine run = ref _engines[i];
                ref CompactJob job = ref run.Job(_signaled[i] + 1);
                if (IsReady(in job.Waits))
                {
                    isAgain |= Start(ref run, i, job.FixedNs);
                }
            }
        }

        long nextNs = long.MaxValue;
        for (uint left = _busy; left != 0; left &= left - 1)
        {
            ref CompactEngine run = ref _engines[BitOperations.TrailingZeroCount(left)];
            long endNs = run.EndNs;
            if (run.IsOnLink)
            {
                long work = run.Remaining * Flows(run.Lane);
                endNs = _stateNs + ((work + Machine.WorkPerNs - 1) / Machine.WorkPerNs);
            }

            nextNs = Math.Min(nextNs, endNs);
        }

        _nextNs = nextNs;
    }

    private bool IsReady(in CompactWaits waits) =>
        (_signaled[Render] >= waits[Render]) & (_signaled[Copy] >= waits[Copy]) &
        (_signaled[Copy + 1] >= waits[Copy + 1]) & (_signaled[Joiner] >= waits[Joiner]);

    // True when the job has ended at once.
    private bool Start(ref CompactEngine run, int timeline, long fixedNs)
    {
        _waiting &= ~(1u << timeline);
        _busy |= 1u << timeline;
        run.IsOnLink = false;
        run.EndNs = _stateNs + fixedNs;
        return fixedNs == 0 && EnterLink(ref run, timeline);
    }

    // True when the job has ended at once.
    private bool EnterLink(ref CompactEngine run, int timeline)
    {
        ref CompactJob job = ref run.Job(_signaled[timeline] + 1);
        if (job.LinkNs == 0)
        {
            Finish(ref run, timeline);
            return true;
        }

        run.IsOnLink = true;
        run.Lane = job.Lane;
        run.Remaining = job.LinkNs * Machine.WorkPerNs;
        Flows(run.Lane)++;
        return false;
    }

    private void Finish(ref CompactEngine run, int timeline)
    {
        _busy &= ~(1u << timeline);
        uint signaled = ++_signaled[timeline];
        _waiting |= run.Issued != signaled ? 1u << timeline : 0;
    }
}
