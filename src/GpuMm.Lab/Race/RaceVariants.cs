using System.Collections.Generic;
using static GpuMm.Lab.Race.RaceContract;

namespace GpuMm.Lab.Race;

/// <summary>What else can go wrong, and what keeps it right: one mistake or one remedy each.</summary>
public static class RaceVariants
{
    private const MoverOrder ZapFirst = MoverOrder.ZapCopyRetarget;

    /// <summary>Gets every variant; a mistake stands before its remedy.</summary>
    public static IReadOnlyList<RaceScenario> All { get; } =
    [
        new("no-zap", "The mover forgets to revoke the mappings; insertion under the lock does not help.", false,
            F(FaultPrograms.Of(InsertUnderLock)), M(MoverPrograms.WithoutZap())),
        new("zap-outside-lock", "The mover revokes before it takes the lock: a fault slips in between.", false,
            F(FaultPrograms.Of(InsertUnderLock)), M(MoverPrograms.ZapOutsideLock())),

        new("two-threads-nopfn", "Two threads fault on the page and return frame numbers.", false,
            F(FaultPrograms.Of(NoPfn)), M(MoverPrograms.Of(ZapFirst)), G(FaultPrograms.Of(NoPfn))),
        new("two-threads-insert-under-lock", "Two threads fault; the second finds the entry filled and backs out.", true,
            F(FaultPrograms.Of(InsertUnderLock)), M(MoverPrograms.Of(ZapFirst)), G(FaultPrograms.Of(InsertUnderLock))),

        new("reuse-nopfn", "The old frame is taken and filled by another owner, who may find a stranger's store in it.", false,
            F(FaultPrograms.Of(NoPfn)), M(MoverPrograms.Of(ZapFirst)), R(MoverPrograms.NextOwner(waitsForFence: false))),
        new("reuse-insert-under-lock", "The same with insertion under the lock: the new owner is alone.", true,
            F(FaultPrograms.Of(InsertUnderLock)), M(MoverPrograms.Of(ZapFirst)),
            R(MoverPrograms.NextOwner(waitsForFence: false))),

        new("prefault-nopfn", "A fault brings the next page along, which leaves the object before it is installed.", false,
            F(FaultPrograms.Prefault(NoPfn)), M(MoverPrograms.RemoveNeighbour(underFrameLock: false))),
        new("prefault-page-lock", "The same, with only the faulting page locked.", false,
            F(FaultPrograms.Prefault(PageLock)), M(MoverPrograms.RemoveNeighbour(underFrameLock: true))),
        new("prefault-insert-under-lock", "The same, the whole window inserted under the object's lock.", true,
            F(FaultPrograms.Prefault(InsertUnderLock)), M(MoverPrograms.RemoveNeighbour(underFrameLock: false))),

        new("pipelined-no-wait", "The engine copies after the lock is free, and the fault does not wait for its fence.", false,
            F(FaultPrograms.Of(InsertUnderLock)), M(MoverPrograms.Pipelined(freesEarly: false)),
            C(MoverPrograms.CopyEngine(freesAfter: true))),
        new("pipelined-wait", "The same, and the fault waits for the KERNEL fence under the lock.", true,
            F(FaultPrograms.WaitForFence()), M(MoverPrograms.Pipelined(freesEarly: false)),
            C(MoverPrograms.CopyEngine(freesAfter: true))),
        new("early-reuse-no-wait", "The old frame is given away while the engine still reads it, to an owner who writes at once.", false,
            F(FaultPrograms.WaitForFence()), M(MoverPrograms.Pipelined(freesEarly: true)),
            C(MoverPrograms.CopyEngine(freesAfter: false)), R(MoverPrograms.NextOwner(waitsForFence: false))),
        new("early-reuse-wait", "The same, and the next owner inherits the fence and waits for it.", true,
            F(FaultPrograms.WaitForFence()), M(MoverPrograms.Pipelined(freesEarly: true)),
            C(MoverPrograms.CopyEngine(freesAfter: false)), R(MoverPrograms.NextOwner(waitsForFence: true))),

        new("plain-lock", "The handler sleeps for the object's lock under the address-space lock; the mover takes them the other way.", false,
            F(FaultPrograms.PlainLock()), M(MoverPrograms.CopyingToUser())),
        new("try-lock-retry", "The same mover against try-lock and Retry.", true,
            F(FaultPrograms.Of(Ttm)), M(MoverPrograms.CopyingToUser())),
        new("try-lock-retry-two-moves", "Two such moves: the second attempt sleeps under the outer lock, and that can hang.", false,
            F(FaultPrograms.Of(Ttm)), M(MoverPrograms.CopyingToUserTwice())),

        new("retry-forever", "Two moves against a handler that answers Retry although it was tried before.", false,
            F(FaultPrograms.TriedIgnored()), M(MoverPrograms.Twice())),
        new("retry-once", "Two moves against a handler that retries once, then sleeps.", true,
            F(FaultPrograms.Of(Ttm)), M(MoverPrograms.Twice())),

        new("area-not-rechecked", "The area goes while the handler waits for Retry; the second attempt trusts the one it knew.", false,
            F(FaultPrograms.AreaNotRechecked()), M(MoverPrograms.Of(ZapFirst)), U(MoverPrograms.UnmapArea())),
        new("area-rechecked", "The same, and the area is looked up again: SIGSEGV instead of an entry in no area.", true,
            F(FaultPrograms.Of(Ttm)), M(MoverPrograms.Of(ZapFirst)), U(MoverPrograms.UnmapArea())),
        new("place-kept", "The place read before Retry is used after it.", false,
            F(FaultPrograms.PlaceKept()), M(MoverPrograms.Of(ZapFirst))),
    ];

    private static RaceActor F(RaceInstruction[] program) => new('F', "faulting thread", program);

    private static RaceActor G(RaceInstruction[] program) => new('G', "second faulting thread", program);

    private static RaceActor M(RaceInstruction[] program) => new('M', "mover", program);

    private static RaceActor C(RaceInstruction[] program) => new('C', "copy engine", program);

    private static RaceActor R(RaceInstruction[] program) => new('R', "next owner of frame A", program);

    private static RaceActor U(RaceInstruction[] program) => new('U', "munmap", program);
}
