namespace GpuMm.Client;

/// <summary>One object that a job uses.</summary>
/// <param name="Target">The object.</param>
/// <param name="ReadBytes">How much of it the job reads; null for all.</param>
/// <param name="IsWrite">Whether the job writes it.</param>
public sealed record JobUse(GpuMmObject Target, ulong? ReadBytes = null, bool IsWrite = false);
