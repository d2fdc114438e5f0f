using System;

namespace GpuMm.Hosting.Options;

/// <summary>What all devices of a host share. Configuration section <c>GpuMm</c>.</summary>
public sealed class GpuMmOptions
{
    /// <summary>The section that <c>AddGpuMm(IConfiguration)</c> reads when it is given the root.</summary>
    public const string SectionName = "GpuMm";

    /// <summary>A background worker that fails stops the host, rather than only turning its health red.</summary>
    public bool StopHostWhenAWorkerFails { get; set; }

    /// <summary>Most time that stopping waits for workers and queued copies; 0.1 s to 10 min.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Publish the <c>hw.gpu.*</c> instruments too, marked as simulated.</summary>
    public bool PublishHardwareMetrics { get; set; }

    /// <summary>Share of bytes moved into video memory that were evicted from it shortly before, from which a device counts as thrashing; 0 to 1.</summary>
    public double ThrashRatio { get; set; } = 0.5;

    /// <summary>A worker that has not reported for this long is taken for dead; at least 1 s.</summary>
    public TimeSpan WorkerSilenceLimit { get; set; } = TimeSpan.FromSeconds(30);
}
