using GpuMm.Ranges;

namespace GpuMm.Benchmarks.Allocators;

internal readonly struct HighMode : IRangeFitMode
{
    public static RangeMode Mode => RangeMode.High;
}
