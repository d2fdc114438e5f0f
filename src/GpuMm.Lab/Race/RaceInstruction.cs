namespace GpuMm.Lab.Race;

/// <summary>One step of an actor's program.</summary>
/// <param name="Op">What it does.</param>
/// <param name="Next">The index of the step after it.</param>
/// <param name="Other">The index after the other outcome of <see cref="RaceOp"/>; <see cref="Done"/> ends the program.</param>
/// <param name="Arg">The page (0 or 1), the move (0 or 1) or the frame, as <paramref name="Op"/> has it.</param>
internal readonly record struct RaceInstruction(RaceOp Op, byte Next, byte Other = RaceInstruction.Done, byte Arg = 0)
{
    /// <summary>No further step.</summary>
    public const byte Done = byte.MaxValue;
}
