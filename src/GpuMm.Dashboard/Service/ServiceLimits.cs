namespace GpuMm.Dashboard.Service;

/// <summary>What the service takes from others at most. Configuration section <c>GpuMm:Limits</c>.</summary>
public sealed class ServiceLimits
{
    /// <summary>Largest body of a request, bytes; 4 KiB to 1 GiB.</summary>
    public long MaxBodyBytes { get; set; } = 32 << 20;

    /// <summary>Largest body of a request that is no memory, bytes.</summary>
    public long MaxJsonBytes { get; set; } = 4 << 20;

    /// <summary>Most bytes that one request reads; 1 to 1 GiB.</summary>
    public int MaxReadBytes { get; set; } = 32 << 20;

    /// <summary>Most connections at a time; 1 to 65536.</summary>
    public int MaxConnections { get; set; } = 512;

    /// <summary>Most streams of events at a time; 1 to 4096.</summary>
    public int MaxWatchers { get; set; } = 64;

    /// <summary>Requests that one client may make per second on average; 1 to 1000000.</summary>
    public int RequestsPerSecond { get; set; } = 20_000;

    /// <summary>Requests that one client may make at once; 1 to 1000000.</summary>
    public int RequestBurst { get; set; } = 40_000;

    /// <summary>Shortest lease that a client may ask for, seconds.</summary>
    public double MinLeaseSeconds { get; set; } = 1;

    /// <summary>Longest lease that a client may ask for, seconds.</summary>
    public double MaxLeaseSeconds { get; set; } = 3600;
}
