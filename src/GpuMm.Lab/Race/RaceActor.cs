namespace GpuMm.Lab.Race;

/// <summary>One actor of a scenario.</summary>
/// <param name="Name">What schedules call it: one letter.</param>
/// <param name="Role">What it is.</param>
/// <param name="Program">Its steps; it begins with the first.</param>
internal sealed record RaceActor(char Name, string Role, RaceInstruction[] Program);
