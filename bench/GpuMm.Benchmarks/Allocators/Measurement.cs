namespace GpuMm.Benchmarks.Allocators;

/// <summary>One repetition of one workload on one allocator.</summary>
/// <param name="NsPerPair">Nanoseconds for one free and one allocation.</param>
/// <param name="CpuNsPerPair">The same in processor time of the process, which a busy machine inflates less.</param>
/// <param name="NsPerFree">The free alone; only where the two are timed apart.</param>
/// <param name="Failures">Allocations of the timed part that found no space.</param>
/// <param name="LargestOverFree">Largest free run over all free units, before the final frees.</param>
/// <param name="MetadataBytesPerLive">Bytes held by the allocator over live allocations.</param>
/// <param name="ManagedBytes">Managed memory allocated in the timed part.</param>
/// <param name="OffsetSum">Sum of all offsets, to compare two runs by.</param>
internal readonly record struct Measurement(
    double NsPerPair,
    double CpuNsPerPair,
    double NsPerFree,
    int Failures,
    double LargestOverFree,
    double MetadataBytesPerLive,
    long ManagedBytes,
    ulong OffsetSum);
