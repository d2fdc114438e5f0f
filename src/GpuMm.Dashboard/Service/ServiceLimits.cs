using System;
using System.Globalization;
using System.Threading.RateLimiting;

namespace GpuMm.Dashboard.Service;

/// <summary>What the service takes from others at most. Configuration section <c>GpuMm:Limits</c>.</summary>
public sealed class ServiceLimits
{
    /// <summary>Largest body of a request, bytes; 4 KiB to 1 GiB.</summary>
    public long MaxBodyBytes { get; set; } = 32 << 20;

    /// <summary>Largest body of a request that is no memory, bytes; 4 KiB to <see cref="MaxBodyBytes"/>.</summary>
    public long MaxJsonBytes { get; set; } = 4 << 20;

    /// <summary>Most bytes that one request reads; 1 to 1 GiB.</summary>
    public int MaxReadBytes { get; set; } = 32 << 20;

    /// <summary>Most connections at a time; 1 to 65536.</summary>
    public int MaxConnections { get; set; } = 512;

    /// <summary>Most streams of events at a time; 1 to 4096.</summary>
    public int MaxWatchers { get; set; } = 64;

    /// <summary>Requests that one address may make per second on average; 1 to 1000000.</summary>
    public int RequestsPerSecond { get; set; } = 20_000;

    /// <summary>Requests that one address may make at once; 1 to 1000000.</summary>
    public int RequestBurst { get; set; } = 40_000;

    /// <summary>Shortest lease that a client may ask for, seconds.</summary>
    public double MinLeaseSeconds { get; set; } = 1;

    /// <summary>Longest lease that a client may ask for, seconds.</summary>
    public double MaxLeaseSeconds { get; set; } = 3600;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ServeException">A limit makes no sense; the message names key and fix.</exception>
    public void Check()
    {
        Require(nameof(MaxBodyBytes), MaxBodyBytes, 4096, 1 << 30);
        Require(nameof(MaxJsonBytes), MaxJsonBytes, 4096, MaxBodyBytes);
        Require(nameof(MaxReadBytes), MaxReadBytes, 1, 1 << 30);
        Require(nameof(MaxConnections), MaxConnections, 1, 65_536);
        Require(nameof(MaxWatchers), MaxWatchers, 1, 4096);
        Require(nameof(RequestsPerSecond), RequestsPerSecond, 1, 1_000_000);
        Require(nameof(RequestBurst), RequestBurst, 1, 1_000_000);
        Require(nameof(MinLeaseSeconds), MinLeaseSeconds, 0.001, 86_400);
        Require(nameof(MaxLeaseSeconds), MaxLeaseSeconds, MinLeaseSeconds, 604_800);
    }

    /// <summary>The requests that one address may make, as a bucket: what it holds at most, and how often how many come in.</summary>
    internal TokenBucketRateLimiterOptions Bucket()
    {
        int atOnce = Math.Max(1, RequestsPerSecond / 10);
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = RequestBurst,
            TokensPerPeriod = atOnce,
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)atOnce / RequestsPerSecond), // A tenth of a second, or longer for few.
            QueueLimit = 0,
        };
    }

    private static void Require(string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            throw new ServeException(string.Create(CultureInfo.InvariantCulture, $"GpuMm:Limits:{name} is {value:0.###}; give {least:0.###} to {most:0.###}."));
        }
    }
}
