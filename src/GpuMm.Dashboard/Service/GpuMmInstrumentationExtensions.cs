using System;
using GpuMm.Hosting.Diagnostics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace GpuMm.Dashboard.Service;

/// <summary>Takes GpuMm's metrics and spans into an OpenTelemetry pipeline of one's own.</summary>
/// <remarks>A program without GpuMm.Dashboard names them itself: <see cref="GpuMmDiagnostics.MeterName"/> and <see cref="GpuMmDiagnostics.ActivitySourceName"/>.</remarks>
public static class GpuMmInstrumentationExtensions
{
    /// <summary>Takes the instruments of every device.</summary>
    /// <param name="metrics">The pipeline.</param>
    public static MeterProviderBuilder AddGpuMmInstrumentation(this MeterProviderBuilder metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return metrics.AddMeter(GpuMmDiagnostics.MeterName);
    }

    /// <summary>Takes the spans of every device.</summary>
    /// <param name="traces">The pipeline.</param>
    public static TracerProviderBuilder AddGpuMmInstrumentation(this TracerProviderBuilder traces)
    {
        ArgumentNullException.ThrowIfNull(traces);
        return traces.AddSource(GpuMmDiagnostics.ActivitySourceName);
    }
}
