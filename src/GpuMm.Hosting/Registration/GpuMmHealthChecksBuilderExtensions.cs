using System;
using System.Linq;
using GpuMm.Hosting.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the health of simulated GPUs.</summary>
public static class GpuMmHealthChecksBuilderExtensions
{
    /// <summary>Adds three checks: <c>gpumm-live</c> (tag live), <c>gpumm-ready</c> (tag ready) and <c>gpumm-thrash</c> (degraded only). Repeating it changes nothing.</summary>
    /// <param name="builder">The builder.</param>
    public static IHealthChecksBuilder AddGpuMm(this IHealthChecksBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.Any(static each => each.ServiceType == typeof(LiveHealthCheck)))
        {
            return builder;
        }

        builder.Services.AddSingleton<LiveHealthCheck>();
        return builder
            .AddCheck<LiveHealthCheck>("gpumm-live", HealthStatus.Unhealthy, ["live", "ready"])
            .AddCheck<ReadyHealthCheck>("gpumm-ready", HealthStatus.Unhealthy, ["ready"])
            .AddCheck<ThrashHealthCheck>("gpumm-thrash", HealthStatus.Degraded, ["thrash"]);
    }
}
