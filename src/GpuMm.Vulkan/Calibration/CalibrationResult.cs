using System.Collections.Generic;
using GpuMm.Simulation;

namespace GpuMm.Vulkan.Calibration;

/// <summary>A device's figures, as measured and as fitted.</summary>
public sealed record CalibrationResult
{
    /// <summary>The device's name.</summary>
    public required string Device { get; init; }

    /// <summary>Its driver.</summary>
    public required string Driver { get; init; }

    /// <summary>Every size and way.</summary>
    public required IReadOnlyList<CalibrationPoint> Points { get; init; }

    /// <summary>Both ways over the link, as one line: a profile's link has one.</summary>
    public required LinkFit Link { get; init; }

    /// <summary>The way to the device alone.</summary>
    public required LinkFit ToDevice { get; init; }

    /// <summary>The way to the host alone.</summary>
    public required LinkFit ToHost { get; init; }

    /// <summary>Clearing video memory.</summary>
    public required LinkFit Vram { get; init; }

    /// <summary>The machine that these figures make; the rest is a usual machine's.</summary>
    public required MachineProfile Profile { get; init; }
}
