using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Views;

namespace GpuMm.Hosting.Workers;

/// <summary>Samples rates and occupancy over time.</summary>
/// <param name="gpu">The device.</param>
/// <param name="views">Where the samples are kept.</param>
public sealed class Sampler(SimulatedGpu gpu, DeviceSnapshotService views) : GpuWorker(gpu, "sampler", gpu.Options.SamplePeriod)
{
    /// <inheritdoc/>
    public override bool RunOnce()
    {
        views.Sample();
        return false;
    }
}
