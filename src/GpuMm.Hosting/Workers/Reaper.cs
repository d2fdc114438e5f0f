using GpuMm.Hosting.Machine;

namespace GpuMm.Hosting.Workers;

/// <summary>Frees deleted objects as soon as the GPU is done with them, and space that waited for a copy.</summary>
/// <param name="gpu">The device.</param>
public sealed class Reaper(SimulatedGpu gpu) : GpuWorker(gpu, "reaper", gpu.Options.ReapPeriod)
{
    /// <inheritdoc/>
    public override bool RunOnce()
    {
        Gpu.Driver.Pump();
        int reaped = Gpu.Device.Reap();
        if (reaped > 0)
        {
            Gpu.Activity.CountReaped(reaped);
        }

        return false;
    }
}
