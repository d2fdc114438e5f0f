namespace GpuMm.Benchmarks.Allocators;

/// <summary>The median of one allocator on one workload, and the least times of all repetitions.</summary>
internal sealed record AllocResult(
    string Allocator, string Workload, int Live, double MinNsPerPair, double MinCpuNsPerPair, Measurement Median);
