namespace GpuMm.Lab.Race;

/// <summary>One step of a schedule in words.</summary>
/// <param name="Actor">Who takes it.</param>
/// <param name="Text">What is done and seen.</param>
public readonly record struct NarratedStep(char Actor, string Text);
