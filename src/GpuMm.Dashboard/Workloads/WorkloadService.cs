using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Dashboard.Api;
using GpuMm.Dashboard.Api.Bodies;
using GpuMm.Hosting.Machine;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace GpuMm.Dashboard.Workloads;

/// <summary>Starts and stops workloads inside the service. They are clients like any other, without a lease.</summary>
/// <remarks>Safe for concurrent use. At most <see cref="MaxRunning"/> run at a time; the last 100 that ran are remembered.</remarks>
/// <param name="traces">Recordings that it plays too; null for none.</param>
public sealed class WorkloadService(IEnumerable<ITraceSource>? traces = null) : IHostedService
{
    /// <summary>Most workloads that run at a time.</summary>
    public const int MaxRunning = 16;

    /// <summary>The workloads that are built in.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } = ["demo", "crowd"];

    private const int MaxRemembered = 100;

    private readonly ITraceSource[] _traces = Checked([.. traces ?? []]);
    private readonly object _gate = new();
    private readonly List<WorkloadRun> _runs = []; // Lock: _gate
    private int _lastId; // Lock: _gate

    /// <summary>The workloads that there are: those built in, then the recordings.</summary>
    public IReadOnlyList<string> Names { get; } = [.. BuiltIn, .. (traces ?? []).Select(static trace => trace.Name)];

    /// <summary>Those that run or ran, oldest first.</summary>
    public IReadOnlyList<WorkloadRun> Runs()
    {
        lock (_gate)
        {
            return [.. _runs];
        }
    }

    /// <summary>Starts a workload.</summary>
    /// <param name="gpu">Where.</param>
    /// <param name="request">Which, and how.</param>
    public WorkloadRun Start(SimulatedGpu gpu, WorkloadRequest request)
    {
        ArgumentNullException.ThrowIfNull(gpu);
        ArgumentNullException.ThrowIfNull(request);
        if (!Names.Contains(request.Name, StringComparer.OrdinalIgnoreCase))
        {
            throw new ApiException(StatusCodes.Status400BadRequest, $"There is no workload '{request.Name}'; there is {string.Join(", ", Names)}.");
        }

        if (!(request.FramesPerSecond is >= 1 and <= 1000 && request.Oversubscription is >= 0.1 and <= 4))
        {
            throw new ApiException(StatusCodes.Status400BadRequest, "framesPerSecond is 1 to 1000 and oversubscription 0.1 to 4.");
        }

        if (request.Group is { Length: > 0 } group && !gpu.Groups.Paths.Contains(group, StringComparer.Ordinal))
        {
            throw new ApiException(StatusCodes.Status404NotFound, $"Device {gpu.Name} has no group '{group}'; make it first.");
        }

        lock (_gate)
        {
            if (_runs.Count(static run => !run.Completion.IsCompleted) >= MaxRunning)
            {
                throw new ApiException(StatusCodes.Status429TooManyRequests, $"{MaxRunning} workloads run, and that is the limit; stop one.");
            }

            WorkloadRun run = new(++_lastId, request.Name, gpu.Name);
            run.Completion = Task.Run(() => RunAsync(gpu, request, run), CancellationToken.None);
            _runs.Add(run);
            if (_runs.Count > MaxRemembered && _runs.Find(static each => each.Completion.IsCompleted) is { } old)
            {
                _runs.Remove(old);
                old.Dispose();
            }

            return run;
        }
    }

    /// <summary>Stops a workload.</summary>
    /// <param name="id">Its number.</param>
    /// <returns>False when there is none.</returns>
    public bool Stop(int id)
    {
        WorkloadRun? run = Runs().FirstOrDefault(each => each.Id == id);
        run?.Stop();
        return run is not null;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (WorkloadRun run in Runs())
        {
            run.Stop();
        }

        await Task.WhenAny(Task.WhenAll(Runs().Select(static run => run.Completion)), Task.Delay(Timeout.Infinite, cancellationToken)).ConfigureAwait(false);
    }

    private static ITraceSource[] Checked(ITraceSource[] traces) =>
        BuiltIn.Concat(traces.Select(static trace => trace.Name)).GroupBy(static name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(static each => each.Count() > 1) is { } twice
            ? throw new InvalidOperationException($"Two workloads are called '{twice.Key}'; give the recording another name.")
            : traces;

    private Task RunAsync(SimulatedGpu gpu, WorkloadRequest request, WorkloadRun run) => request.Name.ToUpperInvariant() switch
    {
        "DEMO" => DemoWorkload.RunAsync(gpu, request, run),
        "CROWD" => CrowdWorkload.RunAsync(gpu, request, run),
        _ => TraceWorkload.RunAsync(gpu, _traces.First(trace => string.Equals(trace.Name, request.Name, StringComparison.OrdinalIgnoreCase)), request, run),
    };
}
