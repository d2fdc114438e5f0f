using System;

namespace GpuMm.SimulationTests;

/// <summary>GPUMM_DEEP=1 makes the random tests look much longer.</summary>
internal static class Deep
{
    public static bool Is { get; } = Environment.GetEnvironmentVariable("GPUMM_DEEP") == "1";
}
