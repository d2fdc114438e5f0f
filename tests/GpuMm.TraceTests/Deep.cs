using System;

namespace GpuMm.TraceTests;

/// <summary>Whether the long sweeps were asked for.</summary>
internal static class Deep
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("GPUMM_DEEP") == "1";

    /// <summary>Mutated inputs per importer.</summary>
    public static int FuzzInputs => IsOn ? 100_000 : 2_000;
}
