using System;
using GpuMm.Hosting.Machine;

namespace GpuMm.Hosting.Workers;

/// <summary>
/// Signals the fences whose time has come. The driver's own timer does so to the millisecond; this makes up for a timer
/// that was set late, and so bounds how late a fence can be.
/// </summary>
/// <param name="gpu">The device.</param>
public sealed class FencePump(SimulatedGpu gpu) : GpuWorker(gpu, "fence-pump", TimeSpan.FromMilliseconds(20))
{
    /// <inheritdoc/>
    public override bool RunOnce()
    {
        Gpu.Driver.Pump();
        return false;
    }
}
