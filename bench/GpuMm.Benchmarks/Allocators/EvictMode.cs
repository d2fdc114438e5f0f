using GpuMm.Ranges;

namespace GpuMm.Benchmarks.Allocators;

internal readonly struct EvictMode : IRangeFitMode
{
    public static RangeMode Mode => RangeMode.Evict;
}
