using System;
using GpuMm.Simulation;

namespace GpuMm.RenderLoop.Matrix;

/// <summary>A link to try on the machine of a run, instead of its own.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Link">The link; null for the machine's own.</param>
public sealed record LinkChoice(string Name, LinkModel? Link)
{
    /// <summary>The run's machine with this link.</summary>
    /// <param name="machine">The run's machine.</param>
    public MachineProfile Apply(MachineProfile machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return Link is null ? machine : machine with { Link = Link };
    }
}
