using System;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Dashboard.Api.Bodies;

namespace GpuMm.Dashboard.Workloads;

/// <summary>A workload that runs, or ran.</summary>
public sealed class WorkloadRun : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private long _frames;
    private long _skipped;

    internal WorkloadRun(int id, string name, string device)
    {
        Id = id;
        Name = name;
        Device = device;
    }

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>Which.</summary>
    public string Name { get; }

    /// <summary>On which device.</summary>
    public string Device { get; }

    /// <summary>Its end.</summary>
    public Task Completion { get; internal set; } = Task.CompletedTask;

    internal CancellationToken Stopping => _stop.Token;

    /// <summary>What can be told of it.</summary>
    public WorkloadView View() => new(
        Id, Name, Device, !Completion.IsCompleted, Volatile.Read(ref _frames), Volatile.Read(ref _skipped), Completion.Exception?.InnerException?.Message);

    /// <summary>Frees what stopping it needs; it must be at its end.</summary>
    public void Dispose() => _stop.Dispose();

    internal void Stop() => _stop.Cancel();

    internal void CountFrame() => Interlocked.Increment(ref _frames);

    internal void CountSkipped() => Interlocked.Increment(ref _skipped);
}
