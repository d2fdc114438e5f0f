using System.Threading;
using System.Threading.Tasks;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Workers;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GpuMm.Hosting.Health;

/// <summary>Ready: the devices exist, none is unplugged, and what clients do can be kept.</summary>
internal sealed class ReadyHealthCheck(IGpuMmProvider provider, WorkerHost workers) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!workers.IsRunning)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy("The workers do not run (yet, or any more)."));
        }

        foreach (string name in provider.Names)
        {
            SimulatedGpu gpu = provider.GetGpu(name);
            if (gpu.Device.IsUnplugged)
            {
                return Task.FromResult(HealthCheckResult.Unhealthy($"Device {name} was unplugged."));
            }

            if (gpu.Journal?.Failure is { } failure)
            {
                return Task.FromResult(HealthCheckResult.Unhealthy($"The journal of device {name} cannot be written: {failure.Message}", failure));
            }
        }

        return Task.FromResult(HealthCheckResult.Healthy($"{provider.Names.Count} devices."));
    }
}
