using GpuMm.Ranges;

namespace GpuMm.Benchmarks.Allocators;

internal readonly struct BestMode : IRangeFitMode
{
    public static RangeMode Mode => RangeMode.Best;
}
