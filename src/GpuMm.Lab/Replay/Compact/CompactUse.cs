namespace GpuMm.Lab.Replay.Compact;

/// <summary>One object that a job reads.</summary>
/// <param name="Number">The object.</param>
/// <param name="MissPages">Its size, where it was not in video memory when the job was made up; else 0.</param>
/// <param name="ReadBytes">How much of it.</param>
internal readonly record struct CompactUse(int Number, uint MissPages, ulong ReadBytes);
