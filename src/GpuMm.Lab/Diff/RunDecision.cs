using GpuMm.Traces.Model;

namespace GpuMm.Lab.Diff;

/// <summary>One thing that a manager did: a move, an eviction, a fault.</summary>
/// <param name="Kind">What.</param>
/// <param name="Target">To whom, by name.</param>
/// <param name="Other">For whom: the evictor, by name; null for none.</param>
/// <param name="From">Where from; meaningless for faults.</param>
/// <param name="To">Where to; meaningless for faults.</param>
/// <param name="SizeBytes">Bytes.</param>
public readonly record struct RunDecision(TraceKind Kind, string Target, string? Other, MemoryDomain From, MemoryDomain To, ulong SizeBytes);
