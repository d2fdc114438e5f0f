using System;

namespace GpuMm.Lab.Race;

/// <content>The steps of everybody else: the mover, the copy engine, munmap, the next owner of a frame.</content>
internal readonly partial struct RaceModel
{
    private static int StepOther(RaceInstruction step, int actor, ref RaceState state)
    {
        byte from = (byte)(RaceState.FirstFrame + step.Arg);
        byte to = (byte)(from + 1);
        switch (step.Op)
        {
            case RaceOp.LockSpace:
                return TryTake(ref state.SpaceOwner, actor) ? step.Next : Blocked;

            case RaceOp.LockFrame:
                return TryTake(ref state.FrameOwner[step.Arg], actor) ? step.Next : Blocked;

            case RaceOp.CopyFirstHalf:
                if (state.Fence != RaceFence.Pending)
                {
                    return Blocked;
                }

                state.FirstHalf[to] = state.FirstHalf[from];
                return step.Next;

            case RaceOp.CopySecondHalf:
                state.SecondHalf[to] = state.SecondHalf[from];
                state.Fence = RaceFence.Signaled;
                return step.Next;

            case RaceOp.Copy:
                state.FirstHalf[to] = state.FirstHalf[from];
                state.SecondHalf[to] = state.SecondHalf[from];
                return step.Next;

            case RaceOp.Retarget:
                state.Place[0] = to;
                return step.Next;

            case RaceOp.TakeFrame:
                return state.IsFreed(step.Arg) ? step.Next : Blocked;

            case RaceOp.WriteOwn:
                state.FirstHalf[step.Arg] = RaceState.OwnerMark;
                state.SecondHalf[step.Arg] = RaceState.OwnerMark;
                return step.Next;

            case RaceOp.ReadOwn:
                return step.Next;

            default:
                Release(step, actor, ref state);
                return step.Next;
        }
    }

    // Steps that never wait and take something away.
    private static void Release(RaceInstruction step, int actor, ref RaceState state)
    {
        switch (step.Op)
        {
            case RaceOp.UnlockSpace:
                GiveBack(ref state.SpaceOwner, actor);
                break;

            case RaceOp.UnlockFrame:
                GiveBack(ref state.FrameOwner[step.Arg], actor);
                break;

            case RaceOp.Zap:
                state.Entry = default;
                state.ZapCount++;
                break;

            case RaceOp.ZapPage:
                state.Entry[step.Arg] = RaceState.None;
                state.ZapCount++;
                break;

            case RaceOp.Free:
                state.FreedFrames |= (byte)(1 << step.Arg);
                break;

            case RaceOp.RemovePage:
                state.Place[step.Arg] = RaceState.None;
                break;

            case RaceOp.RemoveArea:
                state.IsAreaGone = true;
                break;

            case RaceOp.SubmitCopy:
                state.Fence = RaceFence.Pending;
                break;

            default:
                throw new InvalidOperationException($"{step.Op} is no step of a mover.");
        }
    }
}
