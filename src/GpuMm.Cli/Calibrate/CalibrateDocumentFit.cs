using System.Collections.Generic;
using GpuMm.Vulkan.Calibration;

namespace GpuMm.Cli.Calibrate;

/// <summary>A calibration without its profile, which is a file of its own.</summary>
internal sealed record CalibrateDocumentFit
{
    public required string Device { get; init; }

    public required string Driver { get; init; }

    public required IReadOnlyList<CalibrationPoint> Points { get; init; }

    public required LinkFit Link { get; init; }

    public required LinkFit ToDevice { get; init; }

    public required LinkFit ToHost { get; init; }

    public required LinkFit Vram { get; init; }

    public static CalibrateDocumentFit? Of(CalibrationResult? result) => result is null ? null : new CalibrateDocumentFit
    {
        Device = result.Device,
        Driver = result.Driver,
        Points = result.Points,
        Link = result.Link,
        ToDevice = result.ToDevice,
        ToHost = result.ToHost,
        Vram = result.Vram,
    };
}
