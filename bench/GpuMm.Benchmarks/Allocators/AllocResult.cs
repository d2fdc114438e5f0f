namespace GpuMm.Benchmarks.Allocators;

/// <summary>The median of one allocator on one workload.</summary>
internal sealed record AllocResult(string Allocator, string Workload, int Live, double MinNsPerPair, Measurement Median);
