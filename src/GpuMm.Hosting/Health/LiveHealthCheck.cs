using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Hosting.Options;
using GpuMm.Hosting.Workers;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace GpuMm.Hosting.Health;

/// <summary>Live: no worker is dead, and none is silent for too long.</summary>
internal sealed class LiveHealthCheck(WorkerHost workers, IOptions<GpuMmOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        WorkerState? dead = workers.States.FirstOrDefault(static state => state.Failure is not null);
        if (dead is not null)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy($"Worker {dead.Worker.Name} of {dead.Worker.Gpu.Name} died: {dead.Failure!.Message}", dead.Failure));
        }

        TimeSpan limit = options.Value.WorkerSilenceLimit;
        WorkerState? silent = workers.States.FirstOrDefault(state => workers.SilenceOf(state) > limit + state.Worker.Period);
        return Task.FromResult(silent is null
            ? HealthCheckResult.Healthy($"{workers.States.Count} workers run.")
            : HealthCheckResult.Unhealthy($"Worker {silent.Worker.Name} of {silent.Worker.Gpu.Name} is silent for {workers.SilenceOf(silent).TotalSeconds:0} s."));
    }
}
