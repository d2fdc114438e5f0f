namespace GpuMm.Lab.Race;

/// <summary>Runs the actors' programs, one instruction per step.</summary>
/// <param name="programs">One program per actor.</param>
internal readonly partial struct RaceModel(RaceInstruction[][] programs) : IStepModel<RaceState>
{
    // A step answers where its actor goes on, or that it cannot step now.
    private const int Blocked = -1;

    /// <inheritdoc/>
    public int ActorCount => programs.Length;

    /// <inheritdoc/>
    public bool TryStep(int actor, ref RaceState state)
    {
        if (state.IsLiveLock || state.Counter[actor] == RaceInstruction.Done)
        {
            return false;
        }

        RaceInstruction step = programs[actor][state.Counter[actor]];
        int next = step.Op <= RaceOp.InstallIfNoZap ? StepHandler(step, actor, ref state) : StepOther(step, actor, ref state);
        if (next == Blocked)
        {
            return false;
        }

        state.Counter[actor] = (byte)next;
        return true;
    }

    /// <summary>Gets whether every actor has ended its program.</summary>
    public bool AreAllDone(in RaceState state)
    {
        for (int actor = 0; actor < programs.Length; actor++)
        {
            if (state.Counter[actor] != RaceInstruction.Done)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Gets the instruction that an actor takes next.</summary>
    public RaceInstruction NextOf(int actor, in RaceState state) => programs[actor][state.Counter[actor]];

    private static bool TryTake(ref byte owner, int actor)
    {
        if (owner != RaceState.None)
        {
            return false;
        }

        owner = (byte)(actor + 1);
        return true;
    }

    private static void GiveBack(ref byte owner, int actor)
    {
        System.Diagnostics.Debug.Assert(owner == actor + 1, "Only the owner gives a lock back.");
        owner = RaceState.None;
    }
}
