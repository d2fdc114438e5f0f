namespace GpuMm.Hosting.Sessions;

/// <summary>One object that a job uses.</summary>
/// <param name="Handle">The client's handle.</param>
/// <param name="ReadBytes">How much of it the job reads; null for all.</param>
/// <param name="IsWrite">Whether the job writes it.</param>
public readonly record struct SubmitUse(uint Handle, ulong? ReadBytes = null, bool IsWrite = false);
