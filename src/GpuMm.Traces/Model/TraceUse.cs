namespace GpuMm.Traces.Model;

/// <summary>A <see cref="TraceEvent"/> of kind <see cref="TraceKind.Use"/>, without what says nothing about a use: 24 bytes.</summary>
/// <param name="ObjectId">Which object.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="TimeNs">When, ns.</param>
public readonly record struct TraceUse(ulong ObjectId, ulong SizeBytes, long TimeNs);
