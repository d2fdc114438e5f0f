using System;

namespace GpuMm.Benchmarks.Allocators;

/// <summary>One row of the table: a name and the run compiled for its struct.</summary>
internal sealed record AllocatorRow(string Name, Func<Workload, Measurement> Measure)
{
    public static AllocatorRow Of<TAllocator, TTicket>(string name)
        where TAllocator : struct, IWorkloadAllocator<TAllocator, TTicket>
        where TTicket : struct =>
        new(name, WorkloadRun<TAllocator, TTicket>.Measure);
}
