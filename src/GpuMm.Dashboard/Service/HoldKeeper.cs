using System;
using System.Threading;
using Microsoft.Extensions.Hosting;

namespace GpuMm.Dashboard.Service;

/// <summary>What connections that stand for clients need to know.</summary>
/// <param name="lifetime">The host.</param>
internal sealed class HoldKeeper(IHostApplicationLifetime lifetime)
{
    /// <summary>How often such a connection says that it lives.</summary>
    public static TimeSpan BeatPeriod { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Ends when the service stops.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;
}
