using GpuMm.Ranges;

namespace GpuMm.Benchmarks.Allocators;

internal readonly struct LowMode : IRangeFitMode
{
    public static RangeMode Mode => RangeMode.Low;
}
