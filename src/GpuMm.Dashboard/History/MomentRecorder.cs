using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Views;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GpuMm.Dashboard.History;

/// <summary>Keeps how each device stood, once a second, for the timeline. The oldest moments are forgotten.</summary>
/// <remarks>Safe for concurrent use. Memory: about 30 KiB a moment, so 20 MiB a device when full.</remarks>
public sealed partial class MomentRecorder(IGpuMmProvider provider, TimeProvider time, ILogger<MomentRecorder> logger) : BackgroundService
{
    /// <summary>Moments kept of each device: ten minutes.</summary>
    public const int Capacity = 600;

    /// <summary>Cells of the heap maps of a moment.</summary>
    public const int MapCells = 256;

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);
    private readonly object _gate = new();
    private readonly Dictionary<string, Queue<Moment>> _moments = new(StringComparer.Ordinal); // Lock: _gate
    private long _number; // Lock: _gate

    /// <summary>The moments of a device, oldest first.</summary>
    /// <param name="device">Its name.</param>
    public IReadOnlyList<Moment> Of(string device)
    {
        lock (_gate)
        {
            return _moments.TryGetValue(device, out Queue<Moment>? kept) ? kept.ToArray() : [];
        }
    }

    /// <summary>Keeps how a device stands now.</summary>
    /// <param name="device">Its name.</param>
    public Moment Take(string device)
    {
        DeviceSnapshotService view = provider.ViewOf(device);
        DeviceSnapshot snapshot = view.Snapshot();
        IReadOnlyList<ClientView> clients = view.Clients();
        HeapMapView vram = view.HeapMap(MemoryDomain.Vram, MapCells);
        HeapMapView gtt = view.HeapMap(MemoryDomain.Gtt, MapCells);
        lock (_gate)
        {
            Moment moment = new(++_number, snapshot, clients, vram, gtt);
            if (!_moments.TryGetValue(device, out Queue<Moment>? kept))
            {
                _moments.Add(device, kept = new Queue<Moment>(Capacity));
            }

            if (kept.Count == Capacity)
            {
                kept.Dequeue();
            }

            kept.Enqueue(moment);
            return moment;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(s_period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                foreach (string device in provider.Names)
                {
                    TryTake(device);
                }
            }
        }
        catch (OperationCanceledException)
        {
            LogEnded(logger);
        }
    }

#pragma warning disable CA1031 // A moment that cannot be kept is a gap in the timeline, and no reason to stop the service.
    private void TryTake(string device)
    {
        try
        {
            Take(device);
        }
        catch (Exception failure)
        {
            LogFailed(logger, failure, device);
        }
    }
#pragma warning restore CA1031

    [LoggerMessage(EventId = 3103, Level = LogLevel.Error, Message = "A moment of device {Device} could not be kept for the timeline.")]
    private static partial void LogFailed(ILogger logger, Exception failure, string device);

    [LoggerMessage(EventId = 3101, Level = LogLevel.Debug, Message = "The timeline is not recorded any more: the service stops.")]
    private static partial void LogEnded(ILogger logger);
}
