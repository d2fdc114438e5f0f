using System.Collections.Generic;
using GpuMm.Hosting.Views;
using GpuMm.Hosting.Workers;

namespace GpuMm.Hosting.Machine;

/// <summary>The devices of a host by name, for names that are known only at run time.</summary>
public interface IGpuMmProvider
{
    /// <summary>Every name, in the order of registration.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>A device; made when it is first asked for.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none; the message says which there are.</exception>
    SimulatedGpu GetGpu(string name);

    /// <summary>The view of a device.</summary>
    /// <param name="name">Its name.</param>
    DeviceSnapshotService ViewOf(string name);

    /// <summary>The workers of a device.</summary>
    /// <param name="name">Its name.</param>
    IReadOnlyList<GpuWorker> WorkersOf(string name);

    /// <summary>Finds a device.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="gpu">The device; null when there is none.</param>
    bool TryGet(string name, out SimulatedGpu? gpu);
}
