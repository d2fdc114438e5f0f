using System;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;

namespace GpuMm.Hosting.Workers;

/// <summary>Releases clients whose lease ran out, and all that they held.</summary>
/// <param name="gpu">The device.</param>
public sealed class LeaseKeeper(SimulatedGpu gpu) : GpuWorker(gpu, "lease-keeper", TimeSpan.FromMilliseconds(200))
{
    /// <summary>Clients released so far.</summary>
    public long ExpiredCount { get; private set; }

    /// <inheritdoc/>
    public override bool RunOnce()
    {
        foreach (GpuSession session in Gpu.Sessions)
        {
            if (session.IsExpired)
            {
                ExpiredCount++;
                session.Dispose();
            }
        }

        Gpu.SessionTable.RemoveGroups();
        return false;
    }
}
