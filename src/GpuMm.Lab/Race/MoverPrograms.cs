using System;
using static GpuMm.Lab.Race.RaceInstruction;
using static GpuMm.Lab.Race.RaceOp;

namespace GpuMm.Lab.Race;

/// <summary>The programs of movers and of the other actors that are no faulting threads: straight lines.</summary>
internal static class MoverPrograms
{
    /// <summary>One move from frame A to frame B under the object's lock.</summary>
    public static RaceInstruction[] Of(MoverOrder order) => Line(Move(LockObject, UnlockObject, 0, order));

    /// <summary>One move under the lock of the old frame.</summary>
    public static RaceInstruction[] UnderFrameLock(MoverOrder order) =>
        Line(Move(LockFrame, UnlockFrame, RaceState.FirstFrame, order));

    /// <summary>Two moves, A to B to C, the lock given back between them.</summary>
    public static RaceInstruction[] Twice() => Line(Steps(0), Steps(1));

    /// <summary>One move that touches user memory under the object's lock, which takes the address-space lock.</summary>
    public static RaceInstruction[] CopyingToUser() => Line(StepsWithUserCopy(0));

    /// <summary>Two such moves.</summary>
    public static RaceInstruction[] CopyingToUserTwice() => Line(StepsWithUserCopy(0), StepsWithUserCopy(1));

    /// <summary>A move that forgets the mappings.</summary>
    public static RaceInstruction[] WithoutZap() => Line(
        (LockObject, 0), (Copy, 0), (Retarget, 0), (Free, RaceState.FirstFrame), (UnlockObject, 0));

    /// <summary>A move that revokes the mappings before it takes the lock.</summary>
    public static RaceInstruction[] ZapOutsideLock() => Line(
        (Zap, 0), (LockObject, 0), (Copy, 0), (Retarget, 0), (Free, RaceState.FirstFrame), (UnlockObject, 0));

    /// <summary>Page 1 leaves the object, under the object's lock or under the lock of its frame.</summary>
    public static RaceInstruction[] RemoveNeighbour(bool underFrameLock) => Line(
        underFrameLock ? (LockFrame, RaceState.NeighbourFrame) : (LockObject, 0),
        (ZapPage, 1),
        (RemovePage, 1),
        (Free, RaceState.NeighbourFrame),
        underFrameLock ? (UnlockFrame, RaceState.NeighbourFrame) : (UnlockObject, 0));

    /// <summary>A move whose copy is left to the engine.</summary>
    /// <param name="freesEarly">The old frame is given away at once, not by the engine when the copy is done.</param>
    public static RaceInstruction[] Pipelined(bool freesEarly) => freesEarly
        ? Line((LockObject, 0), (Zap, 0), (SubmitCopy, 0), (Retarget, 0), (Free, RaceState.FirstFrame), (UnlockObject, 0))
        : Line((LockObject, 0), (Zap, 0), (SubmitCopy, 0), (Retarget, 0), (UnlockObject, 0));

    /// <summary>The engine that makes a pipelined copy.</summary>
    public static RaceInstruction[] CopyEngine(bool freesAfter) => freesAfter
        ? Line((CopyFirstHalf, 0), (CopySecondHalf, 0), (Free, RaceState.FirstFrame))
        : Line((CopyFirstHalf, 0), (CopySecondHalf, 0));

    /// <summary>Another owner who is given frame A, fills it and reads it back.</summary>
    public static RaceInstruction[] NextOwner(bool waitsForFence) => waitsForFence
        ? Line((TakeFrame, RaceState.FirstFrame), (WaitFence, 0), (WriteOwn, RaceState.FirstFrame), (ReadOwn, RaceState.FirstFrame))
        : Line((TakeFrame, RaceState.FirstFrame), (WriteOwn, RaceState.FirstFrame), (ReadOwn, RaceState.FirstFrame));

    /// <summary>munmap of the area.</summary>
    public static RaceInstruction[] UnmapArea() => Line((LockSpace, 0), (Zap, 0), (RemoveArea, 0), (UnlockSpace, 0));

    private static (RaceOp Op, int Arg)[] Move(RaceOp first, RaceOp last, int frame, MoverOrder order) =>
    [
        (first, frame),
        .. order switch
        {
            MoverOrder.ZapCopyRetarget => new (RaceOp, int)[] { (Zap, 0), (Copy, 0), (Retarget, 0) },
            MoverOrder.CopyZapRetarget => [(Copy, 0), (Zap, 0), (Retarget, 0)],
            MoverOrder.CopyRetargetZap => [(Copy, 0), (Retarget, 0), (Zap, 0)],
            _ => throw new ArgumentOutOfRangeException(nameof(order), order, "There is no such order."),
        },
        (Free, RaceState.FirstFrame),
        (last, frame),
    ];

    private static (RaceOp Op, int Arg)[] Steps(int move) =>
    [
        (LockObject, 0), (Zap, 0), (Copy, move), (Retarget, move), (Free, RaceState.FirstFrame + move), (UnlockObject, 0),
    ];

    private static (RaceOp Op, int Arg)[] StepsWithUserCopy(int move) =>
    [
        (LockObject, 0), (Zap, 0), (Copy, move), (LockSpace, 0), (UnlockSpace, 0), (Retarget, move),
        (Free, RaceState.FirstFrame + move), (UnlockObject, 0),
    ];

    private static RaceInstruction[] Line(params (RaceOp Op, int Arg)[] steps)
    {
        var program = new RaceInstruction[steps.Length];
        for (int index = 0; index < steps.Length; index++)
        {
            byte next = index == steps.Length - 1 ? Done : (byte)(index + 1);
            program[index] = new RaceInstruction(steps[index].Op, next, Arg: (byte)steps[index].Arg);
        }

        return program;
    }

    private static RaceInstruction[] Line((RaceOp Op, int Arg)[] first, (RaceOp Op, int Arg)[] second) =>
        Line([.. first, .. second]);
}
