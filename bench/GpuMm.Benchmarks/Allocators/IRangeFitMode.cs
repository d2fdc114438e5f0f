using GpuMm.Ranges;

namespace GpuMm.Benchmarks.Allocators;

/// <summary>The mode of a <see cref="RangeFit{TMode}"/>.</summary>
internal interface IRangeFitMode
{
    static abstract RangeMode Mode { get; }
}
