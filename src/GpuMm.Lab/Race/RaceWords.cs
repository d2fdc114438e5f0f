namespace GpuMm.Lab.Race;

/// <summary>The words for one step, given the state before and after it.</summary>
internal static class RaceWords
{
    /// <summary>Says what a step does.</summary>
    public static string Of(RaceInstruction step, int actor, in RaceState before, in RaceState after) => step.Op switch
    {
        RaceOp.Access => Access(step, in before),
        RaceOp.EnterFault when after.SpaceOwner == RaceState.None => "lock the address space, find no area -> SIGSEGV",
        RaceOp.EnterFault => "lock the address space, find the area",
        RaceOp.EnterFaultUnchecked when after.IsAreaGone => "lock the address space, go on with the area found before, which is gone",
        RaceOp.EnterFaultUnchecked => "lock the address space, go on with the area found before",
        RaceOp.SampleZaps => $"note the zap counter, {before.ZapCount}",
        RaceOp.ReadPlace => $"read place = {Frame(after.Candidate[actor])}, holding nothing",
        RaceOp.LockAndRead => $"lock L, read place = {Frame(after.Candidate[actor])}",
        RaceOp.TryLockAndRead => after.ObjectOwner == actor + 1
            ? $"try L, get it, read place = {Frame(after.Candidate[actor])}"
            : "try L, it is taken",
        RaceOp.LockObject => "lock L",
        RaceOp.UnlockObject => "unlock L",
        RaceOp.UnlockAndRetry => $"unlock L, answer Retry (number {after.Retries[actor]} of this fault)",
        RaceOp.LockFoundFrame => LockFoundFrame(step, actor, in before, in after),
        RaceOp.UnlockFoundFrame => $"unlock frame {Frame(step.Arg == 0 ? before.Candidate[actor] : before.NeighbourCandidate[actor])}",
        RaceOp.WaitFence => before.Fence == RaceFence.None ? "no fence to wait for" : "the fence of the copy is signaled, go on",
        RaceOp.Install or RaceOp.InstallWindow or RaceOp.InstallIfNoZap => Install(step, actor, in before, in after),
        _ => Other(step, in before, in after),
    };

    /// <summary>Says what an actor waits for whose next step is this one.</summary>
    public static string WaitedFor(RaceOp op) => op switch
    {
        RaceOp.LockAndRead or RaceOp.LockObject => "L",
        RaceOp.EnterFault or RaceOp.EnterFaultUnchecked or RaceOp.LockSpace => "the address-space lock",
        RaceOp.LockFoundFrame or RaceOp.LockFrame => "a frame's lock",
        _ => "the fence",
    };

    private static string Access(RaceInstruction step, in RaceState before)
    {
        byte frame = before.Entry[step.Arg];
        if (frame == RaceState.None)
        {
            return $"access{Page(step.Arg)}, entry empty -> fault";
        }

        string owner = before.IsFreed(frame) ? ", which has another owner" : "";
        string gone = before.IsAreaGone ? ", though the area is gone" : "";
        return $"access{Page(step.Arg)}, entry = {Frame(frame)}: load and store in frame {Frame(frame)}{owner}{gone}";
    }

    private static string LockFoundFrame(RaceInstruction step, int actor, in RaceState before, in RaceState after)
    {
        byte frame = step.Arg == 0 ? before.Candidate[actor] : before.NeighbourCandidate[actor];
        return frame == RaceState.None ? "the page has left the object -> SIGBUS"
            : after.FrameOwner[frame] == actor + 1 ? $"lock frame {Frame(frame)}, it is still the object's"
            : $"lock frame {Frame(frame)}, it is no longer the object's: unlock it and look again";
    }

    private static string Install(RaceInstruction step, int actor, in RaceState before, in RaceState after)
    {
        byte frame = step.Arg == 0 ? before.Candidate[actor] : before.NeighbourCandidate[actor];
        if (step.Op == RaceOp.InstallIfNoZap && before.Sample[actor] != before.ZapCount)
        {
            return $"zap counter is {before.ZapCount}, was {before.Sample[actor]}: drop the page, call the handler again";
        }

        if (frame == RaceState.None)
        {
            return "the page has left the object -> SIGBUS";
        }

        string text = before.Entry[step.Arg] == RaceState.None
            ? $"entry{Page(step.Arg)} empty -> install {Frame(frame)}"
            : $"entry{Page(step.Arg)} already filled -> back out";
        int neighbour = 1 - step.Arg;
        return before.Entry[neighbour] == after.Entry[neighbour]
            ? text
            : $"{text}, and {Frame(after.Entry[neighbour])} for page {neighbour}";
    }

    private static string Other(RaceInstruction step, in RaceState before, in RaceState after)
    {
        char from = Frame((byte)(RaceState.FirstFrame + step.Arg));
        char to = Frame((byte)(RaceState.FirstFrame + step.Arg + 1));
        char frame = Frame(step.Arg);
        return step.Op switch
        {
            RaceOp.LockSpace => "lock the address space",
            RaceOp.UnlockSpace => "unlock the address space",
            RaceOp.Zap => $"zap the entries (zap counter {after.ZapCount})",
            RaceOp.ZapPage => $"zap the entry{Page(step.Arg)} (zap counter {after.ZapCount})",
            RaceOp.Copy => $"copy {from} -> {to}",
            RaceOp.Retarget => $"place = {to}",
            RaceOp.Free => $"free {frame}: it goes to another owner",
            RaceOp.LockFrame => $"lock frame {frame}",
            RaceOp.UnlockFrame => $"unlock frame {frame}",
            RaceOp.RemovePage => $"page {step.Arg} leaves the object",
            RaceOp.SubmitCopy => $"queue the copy {from} -> {to}, its fence on the object",
            RaceOp.CopyFirstHalf => $"copy the first half {from} -> {to}",
            RaceOp.CopySecondHalf => $"copy the second half {from} -> {to}, signal the fence",
            RaceOp.RemoveArea => "take the area out of the address space",
            RaceOp.TakeFrame => $"take frame {frame}",
            RaceOp.WriteOwn => $"fill frame {frame} with data of its own",
            RaceOp.ReadOwn => before.FirstHalf[step.Arg] == RaceState.OwnerMark
                ? $"read frame {frame} back: all is there"
                : $"read frame {frame} back: somebody has stored into it",
            _ => step.Op.ToString(),
        };
    }

    private static char Frame(byte frame) => frame == RaceState.None ? '-' : (char)('A' + frame - 1);

    private static string Page(int page) => page == 0 ? "" : $" of page {page}";
}
