using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Hosting.Diagnostics;
using GpuMm.Hosting.Machine;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GpuMm.Hosting.State;

/// <summary>Keeps the state of every device of a host in one directory, a folder each.</summary>
/// <remarks>Opened before the host starts; at a clean stop it writes a snapshot, so that the next start is quick.</remarks>
public sealed class StateKeeper : BackgroundService
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    private readonly List<DeviceState> _states = [];
    private readonly TimeProvider _time;
    private readonly ILogger<StateKeeper> _logger;

    /// <summary>A keeper that keeps nothing yet.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it says what went wrong.</param>
    public StateKeeper(TimeProvider time, ILogger<StateKeeper> logger)
    {
        _time = time;
        _logger = logger;
    }

    /// <summary>The states that are kept.</summary>
    public IReadOnlyList<DeviceState> States => _states;

    /// <summary>Makes the devices what they were.</summary>
    /// <param name="provider">The devices.</param>
    /// <param name="directory">Where the state is.</param>
    /// <param name="salvages">Go on without what a damaged journal cannot tell any more.</param>
    /// <exception cref="StateException">It cannot be used.</exception>
    public void Open(IGpuMmProvider provider, string directory, bool salvages = false)
    {
        ArgumentNullException.ThrowIfNull(provider);
        foreach (string name in provider.Names)
        {
            DeviceState state = new(provider.GetGpu(name), Path.Combine(directory, name), salvages);
            _states.Add(state);
            _logger.StateRecovered(name, state.RecoveredRecords, state.DiscardedBytes);
            if (state.SalvageDroppedBytes > 0)
            {
                _logger.StateSalvaged(name, state.SalvageDroppedBytes, state.SalvageDroppedRecords);
            }
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        foreach (DeviceState state in _states)
        {
            // One that fails keeps its journal, which says the same; the others are closed all the same.
            using (state)
            {
                TrySnapshot(state);
            }
        }

        _states.Clear();
    }

    // A snapshot that fails costs nothing but a longer journal: it is said, and tried again.
    private void Snapshot(DeviceState state)
    {
        if (state.WantsSnapshot)
        {
            TrySnapshot(state);
        }
    }

    private void TrySnapshot(DeviceState state)
    {
        try
        {
            state.Snapshot();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or StateException)
        {
            _logger.SnapshotFailed(failure);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(s_period, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            foreach (DeviceState state in _states)
            {
                Snapshot(state);
            }
        }
    }
}
