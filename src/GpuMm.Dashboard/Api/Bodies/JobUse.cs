using GpuMm.Hosting.Options;

namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>One object that a job uses.</summary>
/// <param name="Handle">The client's handle.</param>
/// <param name="ReadSize">How much of it the job reads; null for all.</param>
/// <param name="IsWrite">Whether the job writes it.</param>
public sealed record JobUse(uint Handle, ByteCount? ReadSize = null, bool IsWrite = false);
