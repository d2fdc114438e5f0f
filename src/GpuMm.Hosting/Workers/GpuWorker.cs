using System;
using GpuMm.Hosting.Machine;

namespace GpuMm.Hosting.Workers;

/// <summary>Something that is done for a device again and again. The host calls it; so may a program without one.</summary>
public abstract class GpuWorker
{
    /// <summary>A worker of a device.</summary>
    /// <param name="gpu">The device.</param>
    /// <param name="name">What it does, in one word.</param>
    /// <param name="period">How often.</param>
    protected GpuWorker(SimulatedGpu gpu, string name, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        ArgumentException.ThrowIfNullOrEmpty(name);
        Gpu = gpu;
        Name = name;
        Period = period;
    }

    /// <summary>The device.</summary>
    public SimulatedGpu Gpu { get; }

    /// <summary>What it does, in one word.</summary>
    public string Name { get; }

    /// <summary>How often.</summary>
    public TimeSpan Period { get; }

    /// <summary>Does it once. One call at a time.</summary>
    /// <returns>True when there may be more to do at once.</returns>
    public abstract bool RunOnce();
}
