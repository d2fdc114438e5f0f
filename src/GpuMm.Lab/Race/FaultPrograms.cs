using System;
using static GpuMm.Lab.Race.RaceInstruction;
using static GpuMm.Lab.Race.RaceOp;

namespace GpuMm.Lab.Race;

/// <summary>The programs of faulting threads. The number before a step is its index; every fault ends at the access again.</summary>
internal static class FaultPrograms
{
    /// <summary>Gets a thread that faults once with one of the contracts.</summary>
    public static RaceInstruction[] Of(RaceContract contract) => contract switch
    {
        RaceContract.NoPfn =>
        [
            /* 0 */ new(Access, 1),
            /* 1 */ new(LockAndRead, 2),
            /* 2 */ new(UnlockObject, 3),
            /* 3 */ new(Install, 0),
        ],
        RaceContract.NoPage =>
        [
            /* 0 */ new(Access, 1),
            /* 1 */ new(SampleZaps, 2),
            /* 2 */ new(LockAndRead, 3),
            /* 3 */ new(UnlockObject, 4),
            /* 4 */ new(InstallIfNoZap, 0, Other: 1),
        ],
        RaceContract.NoPageLockFree =>
        [
            /* 0 */ new(Access, 1),
            /* 1 */ new(SampleZaps, 2),
            /* 2 */ new(ReadPlace, 3),
            /* 3 */ new(InstallIfNoZap, 0, Other: 1),
        ],
        RaceContract.PageLock =>
        [
            /* 0 */ new(Access, 1),
            /* 1 */ new(ReadPlace, 2),
            /* 2 */ new(LockFoundFrame, 3, Other: 1),
            /* 3 */ new(Install, 4),
            /* 4 */ new(UnlockFoundFrame, 0),
        ],
        RaceContract.InsertUnderLock =>
        [
            /* 0 */ new(Access, 1),
            /* 1 */ new(LockAndRead, 2),
            /* 2 */ new(Install, 3),
            /* 3 */ new(UnlockObject, 0),
        ],
        RaceContract.Ttm => TryLock(EnterFault, afterRetry: 10),
        _ => throw new ArgumentOutOfRangeException(nameof(contract), contract, "There is no such contract."),
    };

    /// <summary>Try-lock and Retry, but the flag that says "tried" is ignored: the second attempt only tries again.</summary>
    public static RaceInstruction[] TriedIgnored() => TryLock(EnterFault, afterRetry: 2);

    /// <summary>Try-lock and Retry, but after Retry the area found before is trusted.</summary>
    public static RaceInstruction[] AreaNotRechecked() => TryLock(EnterFaultUnchecked, afterRetry: 10);

    /// <summary>Try-lock and Retry, but the place read in the first attempt is used in the second.</summary>
    public static RaceInstruction[] PlaceKept() =>
    [
        /*  0 */ new(Access, 1),
        /*  1 */ new(EnterFault, 2),
        /*  2 */ new(ReadPlace, 3),
        /*  3 */ new(TryLockAndRead, 4, Other: 7),
        /*  4 */ new(Install, 5),
        /*  5 */ new(UnlockObject, 6),
        /*  6 */ new(UnlockSpace, 0),
        /*  7 */ new(UnlockSpace, 8),
        /*  8 */ new(LockObject, 9),
        /*  9 */ new(UnlockAndRetry, 10),
        /* 10 */ new(EnterFault, 11),
        /* 11 */ new(LockObject, 4),
    ];

    /// <summary>Sleeps for the object's lock while it holds the address-space lock.</summary>
    public static RaceInstruction[] PlainLock() =>
    [
        /* 0 */ new(Access, 1),
        /* 1 */ new(EnterFault, 2),
        /* 2 */ new(LockAndRead, 3),
        /* 3 */ new(Install, 4),
        /* 4 */ new(UnlockObject, 5),
        /* 5 */ new(UnlockSpace, 0),
    ];

    /// <summary>Insert under the lock, after the fence of a copy.</summary>
    public static RaceInstruction[] WaitForFence() =>
    [
        /* 0 */ new(Access, 1),
        /* 1 */ new(LockAndRead, 2),
        /* 2 */ new(WaitFence, 3),
        /* 3 */ new(Install, 4),
        /* 4 */ new(UnlockObject, 0),
    ];

    /// <summary>Touches page 0, whose fault brings page 1 along, then page 1. A page that has left gives SIGBUS.</summary>
    public static RaceInstruction[] Prefault(RaceContract contract) => contract switch
    {
        RaceContract.NoPfn =>
        [
            /* 0 */ new(Access, 1, Other: 4),
            /* 1 */ new(LockAndRead, 2),
            /* 2 */ new(UnlockObject, 3),
            /* 3 */ new(InstallWindow, 0),
            /* 4 */ new(Access, 5, Arg: 1),
            /* 5 */ new(LockAndRead, 6),
            /* 6 */ new(UnlockObject, 7),
            /* 7 */ new(Install, 4, Arg: 1),
        ],
        RaceContract.PageLock =>
        [
            /* 0 */ new(Access, 1, Other: 5),
            /* 1 */ new(ReadPlace, 2),
            /* 2 */ new(LockFoundFrame, 3, Other: 1),
            /* 3 */ new(InstallWindow, 4),
            /* 4 */ new(UnlockFoundFrame, 0),
            /* 5 */ new(Access, 6, Arg: 1),
            /* 6 */ new(ReadPlace, 7),
            /* 7 */ new(LockFoundFrame, 8, Other: 6, Arg: 1),
            /* 8 */ new(Install, 9, Arg: 1),
            /* 9 */ new(UnlockFoundFrame, 5, Arg: 1),
        ],
        RaceContract.InsertUnderLock =>
        [
            /* 0 */ new(Access, 1, Other: 4),
            /* 1 */ new(LockAndRead, 2),
            /* 2 */ new(InstallWindow, 3),
            /* 3 */ new(UnlockObject, 0),
            /* 4 */ new(Access, 5, Arg: 1),
            /* 5 */ new(LockAndRead, 6),
            /* 6 */ new(Install, 7, Other: 8, Arg: 1),
            /* 7 */ new(UnlockObject, 4),
            /* 8 */ new(UnlockObject, Done),
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(contract), contract, "No prefault is written for it."),
    };

    // The handler of TTM: never sleeps for the object's lock in the first attempt while it holds the outer one.
    private static RaceInstruction[] TryLock(RaceOp reenter, byte afterRetry) =>
    [
        /*  0 */ new(Access, 1),
        /*  1 */ new(EnterFault, 2),
        /*  2 */ new(TryLockAndRead, 3, Other: 6),
        /*  3 */ new(Install, 4),
        /*  4 */ new(UnlockObject, 5),
        /*  5 */ new(UnlockSpace, 0),
        /*  6 */ new(UnlockSpace, 7),
        /*  7 */ new(LockObject, 8),
        /*  8 */ new(UnlockAndRetry, 9),
        /*  9 */ new(reenter, afterRetry),
        /* 10 */ new(LockAndRead, 3),
    ];
}
