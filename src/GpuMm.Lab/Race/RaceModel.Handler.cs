using System;

namespace GpuMm.Lab.Race;

/// <content>The steps of a faulting thread: the access, the core around the handler, the handler.</content>
internal readonly partial struct RaceModel
{
    private static int StepHandler(RaceInstruction step, int actor, ref RaceState state)
    {
        switch (step.Op)
        {
            case RaceOp.Access:
                return Access(step, actor, ref state);

            case RaceOp.EnterFault or RaceOp.EnterFaultUnchecked:
                return EnterFault(step, actor, ref state);

            case RaceOp.SampleZaps:
                state.Sample[actor] = state.ZapCount;
                return step.Next;

            case RaceOp.ReadPlace:
                ReadPlace(actor, ref state);
                return step.Next;

            case RaceOp.LockAndRead or RaceOp.TryLockAndRead or RaceOp.LockObject:
                return LockObject(step, actor, ref state);

            case RaceOp.UnlockObject or RaceOp.UnlockAndRetry:
                GiveBack(ref state.ObjectOwner, actor);
                if (step.Op == RaceOp.UnlockAndRetry)
                {
                    // The second Retry of one fault already breaks the contract; nothing then bounds a third.
                    state.IsLiveLock = CountRetry(actor, ref state) > 1;
                }

                return step.Next;

            case RaceOp.LockFoundFrame:
                return LockFoundFrame(step, actor, ref state);

            case RaceOp.UnlockFoundFrame:
                GiveBack(ref state.FrameOwner[CandidateOf(step.Arg, actor, in state)], actor);
                return step.Next;

            case RaceOp.WaitFence:
                return state.Fence == RaceFence.Pending ? Blocked : step.Next;

            case RaceOp.Install or RaceOp.InstallWindow:
                return Install(step, actor, ref state);

            case RaceOp.InstallIfNoZap:
                if (state.Sample[actor] == state.ZapCount)
                {
                    return Install(step, actor, ref state);
                }

                CountRetry(actor, ref state);
                return step.Other;

            default:
                throw new InvalidOperationException($"{step.Op} is no step of a handler.");
        }
    }

    private static int Access(RaceInstruction step, int actor, ref RaceState state)
    {
        byte frame = state.Entry[step.Arg];
        if (frame == RaceState.None)
        {
            state.Retries[actor] = 0;
            return step.Next;
        }

        state.ReadWrong |= !IsWholeObject(frame, in state);
        state.WroteForeign |= state.IsFreed(frame);
        state.FirstHalf[frame] |= RaceState.MarkOf(actor);
        state.Stored[step.Arg] |= RaceState.MarkOf(actor);
        return step.Other;
    }

    private static int EnterFault(RaceInstruction step, int actor, ref RaceState state)
    {
        if (state.SpaceOwner != RaceState.None)
        {
            return Blocked;
        }

        if (state.IsAreaGone && step.Op == RaceOp.EnterFault)
        {
            return RaceInstruction.Done;
        }

        state.SpaceOwner = (byte)(actor + 1);
        return step.Next;
    }

    private static int LockObject(RaceInstruction step, int actor, ref RaceState state)
    {
        if (!TryTake(ref state.ObjectOwner, actor))
        {
            return step.Op == RaceOp.TryLockAndRead ? step.Other : Blocked;
        }

        if (step.Op != RaceOp.LockObject)
        {
            ReadPlace(actor, ref state);
        }

        return step.Next;
    }

    private static void ReadPlace(int actor, ref RaceState state)
    {
        state.Candidate[actor] = state.Place[0];
        state.NeighbourCandidate[actor] = state.Place[1];
    }

    private static int LockFoundFrame(RaceInstruction step, int actor, ref RaceState state)
    {
        byte frame = CandidateOf(step.Arg, actor, in state);
        if (frame == RaceState.None)
        {
            return RaceInstruction.Done;
        }

        if (state.FrameOwner[frame] != RaceState.None)
        {
            return Blocked;
        }

        if (state.Place[step.Arg] != frame)
        {
            return step.Other;
        }

        state.FrameOwner[frame] = (byte)(actor + 1);
        return step.Next;
    }

    private static int Install(RaceInstruction step, int actor, ref RaceState state)
    {
        byte frame = CandidateOf(step.Arg, actor, in state);
        if (frame == RaceState.None)
        {
            return step.Other;
        }

        InstallIfEmpty(step.Arg, frame, ref state);
        if (step.Op == RaceOp.InstallWindow)
        {
            int neighbour = 1 - step.Arg;
            InstallIfEmpty(neighbour, CandidateOf(neighbour, actor, in state), ref state);
        }

        return step.Next;
    }

    private static void InstallIfEmpty(int page, byte frame, ref RaceState state)
    {
        if (state.Entry[page] == RaceState.None)
        {
            state.Entry[page] = frame;
        }
    }

    private static byte CandidateOf(int page, int actor, in RaceState state) =>
        page == 0 ? state.Candidate[actor] : state.NeighbourCandidate[actor];

    private static int CountRetry(int actor, ref RaceState state)
    {
        byte retries = ++state.Retries[actor];
        state.RetriesMax = Math.Max(state.RetriesMax, retries);
        return retries;
    }

    private static bool IsWholeObject(byte frame, in RaceState state)
    {
        int inBoth = state.FirstHalf[frame] & state.SecondHalf[frame];
        int inEither = state.FirstHalf[frame] | state.SecondHalf[frame];
        return (inBoth & RaceState.OriginalMark) != 0 && (inEither & RaceState.OwnerMark) == 0;
    }
}
