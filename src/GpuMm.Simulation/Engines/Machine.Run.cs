using System;
using GpuMm.Primitives;

namespace GpuMm.Simulation;

/// <content>How time passes, on the real state or on a copy.</content>
public sealed partial class Machine
{
    /// <summary>Lets the CPU stream over the link, and others meanwhile.</summary>
    /// <param name="direction">Which way.</param>
    /// <param name="streamNs">How long it takes alone, ns.</param>
    /// <param name="bytes">How much.</param>
    /// <returns>When it is done; the clock may stand there already, or before.</returns>
    internal long TransferForCpu(LinkDirection direction, long streamNs, ulong bytes)
    {
        long startNs = Clock.Now.Nanoseconds;
        int lane = Lane(direction);
        CountTransfer(direction, bytes);
        if (_state.Flows[lane] == 0 && _state.NextNs > startNs + streamNs)
        {
            // Alone until the end: no event to make of it.
            _state.LaneBusyNs[lane] += streamNs;
            return startNs + streamNs;
        }

        Progress(_state, startNs);
        ref EngineRun cpu = ref _state.Engines[CpuTrack];
        cpu = new EngineRun { Phase = EnginePhase.Link, Queue = -1, Lane = lane, Remaining = Math.Max(1, streamNs) * WorkPerNs };
        _state.Flows[lane]++;
        _state.NextNs = Next(_state);
        while (cpu.Phase != EnginePhase.Idle)
        {
            Clock.AdvanceTo(new SimTime(_state.NextNs));
        }

        return Clock.Now.Nanoseconds;
    }

    private int Lane(LinkDirection direction) => Link.IsFullDuplex ? (int)direction : 0;

    // To the next end: what ends there makes room, and what is ready starts.
    private void Step<TSink>(RunState state, ref TSink sink)
        where TSink : struct, IRunSink
    {
        Progress(state, state.NextNs);
        for (int track = 0; track <= CpuTrack; track++)
        {
            ref EngineRun run = ref state.Engines[track];
            if (run.Phase == EnginePhase.Fixed && run.EndNs <= state.Ns)
            {
                EnterLink(state, ref run, ref sink);
            }
            else if (run.Phase == EnginePhase.Link && run.Remaining == 0)
            {
                state.Flows[run.Lane]--;
                Finish(state, ref run, ref sink);
            }
        }

        Dispatch(state, ref sink);
        state.NextNs = Next(state);
    }

    // Everyone on a lane streams at an equal share. 840 / users is whole, so no remainder is ever lost.
    private void Progress(RunState state, long ns)
    {
        long passedNs = ns - state.Ns;
        if (passedNs <= 0)
        {
            return;
        }

        state.Ns = ns;
        if ((state.Flows[0] | state.Flows[1]) == 0)
        {
            return;
        }

        for (int lane = 0; lane < 2; lane++)
        {
            state.LaneBusyNs[lane] += state.Flows[lane] > 0 ? passedNs : 0;
        }

        for (int track = 0; track <= CpuTrack; track++)
        {
            ref EngineRun run = ref state.Engines[track];
            if (run.Phase == EnginePhase.Link)
            {
                // Longer than the rest takes would not fit 64 bits, and is not needed.
                long share = WorkPerNs / state.Flows[run.Lane];
                run.Remaining = passedNs > run.Remaining / share ? 0 : run.Remaining - (passedNs * share);
            }
        }
    }

    private long Next(RunState state)
    {
        long nextNs = state.WakeNs;
        for (int track = 0; track <= CpuTrack; track++)
        {
            ref readonly EngineRun run = ref state.Engines[track];
            if (run.Phase == EnginePhase.Fixed)
            {
                nextNs = Math.Min(nextNs, run.EndNs);
            }
            else if (run.Phase == EnginePhase.Link)
            {
                long work = run.Remaining * state.Flows[run.Lane];
                nextNs = Math.Min(nextNs, state.Ns + ((work + WorkPerNs - 1) / WorkPerNs));
            }
        }

        return nextNs;
    }

    private void Dispatch<TSink>(RunState state, ref TSink sink)
        where TSink : struct, IRunSink
    {
        // A job of no length may make others ready, on engines that were looked at before.
        bool isAgain = true;
        while (isAgain)
        {
            isAgain = false;
            state.WakeNs = long.MaxValue;
            for (int track = 0; track < CpuTrack; track++)
            {
                ref EngineRun run = ref state.Engines[track];
                while (run.Phase == EnginePhase.Idle && FindReady(state, _engines[track]) is { } queue)
                {
                    ulong seqno = state.Signaled[queue.Index] + 1;
                    sink.Started(queue, seqno, state.Ns);
                    run.Queue = queue.Index;
                    long fixedNs = queue.JobAt(seqno).What.FixedNs;
                    run.Phase = EnginePhase.Fixed;
                    run.EndNs = state.Ns + fixedNs;
                    if (fixedNs == 0)
                    {
                        EnterLink(state, ref run, ref sink);
                        isAgain |= run.Phase == EnginePhase.Idle;
                    }
                }
            }
        }
    }

    private void EnterLink<TSink>(RunState state, ref EngineRun run, ref TSink sink)
        where TSink : struct, IRunSink
    {
        ref readonly JobDescription what = ref _queues[run.Queue].JobAt(state.Signaled[run.Queue] + 1).What;
        if (what.LinkNs == 0)
        {
            Finish(state, ref run, ref sink);
            return;
        }

        run.Phase = EnginePhase.Link;
        run.Lane = Lane(what.Direction);
        run.Remaining = what.LinkNs * WorkPerNs;
        state.Flows[run.Lane]++;
    }

    private void Finish<TSink>(RunState state, ref EngineRun run, ref TSink sink)
        where TSink : struct, IRunSink
    {
        run.Phase = EnginePhase.Idle;
        if (run.Queue >= 0)
        {
            ulong seqno = ++state.Signaled[run.Queue];
            sink.Ended(_queues[run.Queue], seqno, state.Ns);
        }
    }

    // The ready head of the highest priority; among equals the one that was submitted first.
    private static EngineQueue? FindReady(RunState state, Engine engine)
    {
        EngineQueue? best = null;
        ulong bestOrder = 0;
        foreach (EngineQueue queue in engine.Queues)
        {
            ulong seqno = state.Signaled[queue.Index] + 1;
            if (seqno > queue.Timeline.IssuedSeqno || (best is not null && queue.Priority < best.Priority))
            {
                continue;
            }

            ref readonly QueuedJob head = ref queue.JobAt(seqno);
            bool goesFirst = best is null || queue.Priority > best.Priority || head.Order < bestOrder;
            if (!goesFirst || !IsReady(state, queue, head))
            {
                continue;
            }

            if (head.What.NotBeforeNs > state.Ns)
            {
                state.WakeNs = Math.Min(state.WakeNs, head.What.NotBeforeNs);
            }
            else
            {
                best = queue;
                bestOrder = head.Order;
            }
        }

        return best;
    }

    private static bool IsReady(RunState state, EngineQueue queue, in QueuedJob job)
    {
        for (int i = 0; i < job.DependencyCount; i++)
        {
            ref readonly Dependency dependency = ref queue.DependencyAt(job.FirstDependency + (ulong)i);
            if (state.Signaled[dependency.Queue] < dependency.Seqno)
            {
                return false;
            }
        }

        return true;
    }
}
