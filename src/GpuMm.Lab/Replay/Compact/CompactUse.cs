namespace GpuMm.Lab.Replay.Compact;

/// <summary>One object that a job reads.</summary>
/// <param name="Number">The object.</param>
/// <param name="ReadBytes">How much of it.</param>
internal readonly record struct CompactUse(int Number, ulong ReadBytes);
