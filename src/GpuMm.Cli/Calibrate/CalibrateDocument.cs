using GpuMm.Vulkan.Calibration;

namespace GpuMm.Cli.Calibrate;

/// <summary>The shape of <c>gpumm calibrate --json</c>.</summary>
internal sealed record CalibrateDocument
{
    public required int SchemaVersion { get; init; }

    public CalibrateDocumentFit? Calibration { get; init; }

    public CalibrationVerdict? Verification { get; init; }
}
