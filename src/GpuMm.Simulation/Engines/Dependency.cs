namespace GpuMm.Simulation;

/// <summary>A job waits until a queue has come to a number.</summary>
internal readonly record struct Dependency(int Queue, ulong Seqno);
