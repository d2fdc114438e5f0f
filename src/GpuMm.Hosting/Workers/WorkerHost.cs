using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Hosting.Diagnostics;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Options;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuMm.Hosting.Workers;

/// <summary>Runs the workers of every device while the host runs, and drains the devices when it stops.</summary>
/// <remarks>
/// A worker that throws is dead: its state keeps the failure, its device's health turns red, and, if the options say so, the
/// host stops. Nothing is swallowed and nothing is restarted behind anybody's back.
/// </remarks>
public sealed class WorkerHost : IHostedLifecycleService, IDisposable
{
    private readonly IGpuMmProvider _provider;
    private readonly GpuMmOptions _options;
    private readonly TimeProvider _time;
    private readonly IHostApplicationLifetime? _lifetime;
    private readonly ILogger<WorkerHost> _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    private volatile IReadOnlyList<WorkerState> _states = [];

    /// <summary>A host of workers.</summary>
    /// <param name="provider">The devices.</param>
    /// <param name="options">What they share.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it says what it does.</param>
    /// <param name="lifetime">The host, to stop it when a worker dies; null for none.</param>
    public WorkerHost(
        IGpuMmProvider provider, IOptions<GpuMmOptions> options, TimeProvider time, ILogger<WorkerHost> logger, IHostApplicationLifetime? lifetime = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _provider = provider;
        _options = options.Value;
        _time = time;
        _logger = logger;
        _lifetime = lifetime;
    }

    /// <summary>How the workers are doing; empty before the start.</summary>
    public IReadOnlyList<WorkerState> States => _states;

    /// <summary>True from the start until stopping begins.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>How long a worker has been silent.</summary>
    /// <param name="state">The worker's state.</param>
    public TimeSpan SilenceOf(WorkerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return _time.GetElapsedTime(state.LastBeat);
    }

    /// <summary>Makes the devices, so that what cannot work fails the start and not a request later.</summary>
    /// <param name="cancellationToken">Not used: making a device takes no time.</param>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (string name in _provider.Names)
        {
            SimulatedGpu gpu = _provider.GetGpu(name);
            _logger.DeviceReady(name, gpu.Machine.Name, gpu.Options.Vram.ToString(), gpu.Options.Aperture.ToString(), gpu.Options.System.ToString());
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        List<WorkerState> states = [];
        foreach (string name in _provider.Names)
        {
            foreach (GpuWorker worker in _provider.WorkersOf(name))
            {
                WorkerState state = new(worker, _time.GetTimestamp());
                states.Add(state);
                _loops.Add(Task.Run(() => RunAsync(state), CancellationToken.None));
            }
        }

        _states = states;
        IsRunning = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        IsRunning = false;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await Task.WhenAll(_loops).WaitAsync(_options.DrainTimeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception expired) when (expired is TimeoutException or OperationCanceledException)
        {
            _logger.WorkersDidNotStop(string.Join(", ", _states.Where(static state => state.Failure is null).Select(static state => state.Worker.Name)));
        }

        foreach (string name in _provider.Names)
        {
            SimulatedGpu gpu = _provider.GetGpu(name);
            TimeSpan left = _options.DrainTimeout - _time.GetElapsedTime(start);
            ulong abandoned = gpu.Driver.Drain(left < TimeSpan.Zero ? TimeSpan.Zero : left, cancellationToken);
            if (abandoned > 0)
            {
                _logger.JobsAbandoned(name, abandoned);
            }
        }
    }

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(WorkerState state)
    {
        GpuWorker worker = state.Worker;
        try
        {
            using PeriodicTimer timer = new(worker.Period, _time);
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                while (worker.RunOnce() && !_stop.IsCancellationRequested)
                {
                    state.Beat(_time.GetTimestamp());
                }

                state.Beat(_time.GetTimestamp());
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The host stops.
        }
#pragma warning disable CA1031 // Whatever kills a worker is kept in its state, turns health red and is logged.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            state.Fail(failure);
            _logger.WorkerDied(failure, worker.Name, worker.Gpu.Name);
            Debug.WriteLine(failure);
            if (_options.StopHostWhenAWorkerFails && _lifetime is not null)
            {
                Environment.ExitCode = 1;
                _lifetime.StopApplication();
            }
        }
    }
}
