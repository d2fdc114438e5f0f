using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Hosting.Machine;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GpuMm.Hosting.Health;

/// <summary>Degraded while a device moves the same bytes out of video memory and in again.</summary>
internal sealed class ThrashHealthCheck(IGpuMmProvider provider) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        string? thrashing = provider.Names.FirstOrDefault(name => provider.ViewOf(name).IsThrashing);
        return Task.FromResult(thrashing is null
            ? HealthCheckResult.Healthy("No device thrashes.")
            : HealthCheckResult.Degraded($"Device {thrashing} thrashes: most of what moves into video memory was evicted just before. Give it more video memory, or its clients less."));
    }
}
