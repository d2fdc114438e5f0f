using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using GpuMm.Backing;
using GpuMm.Dashboard.Live;
using GpuMm.RenderLoop;
using GpuMm.Simulation;
using Microsoft.Extensions.Hosting;

namespace GpuMm.Dashboard.WhatIf;

/// <summary>Runs the demo as somebody asks for it, one run after another beside the devices, and keeps the results.</summary>
/// <remarks>Safe for concurrent use. Results are those of <c>gpumm demo</c> with the same options and page heads only.</remarks>
public sealed class WhatIfService : BackgroundService
{
    /// <summary>Runs that may wait.</summary>
    public const int MaxWaiting = 32;

    /// <summary>Runs that are remembered.</summary>
    public const int MaxKept = 64;

    /// <summary>Most frames of a run.</summary>
    public const int MaxFrames = 10_000;

    /// <summary>Frame times that are kept of a run.</summary>
    public const int MaxPoints = 400;

    private readonly object _gate = new();
    private readonly List<WhatIfRun> _runs = []; // Lock: _gate
    private readonly Channel<int> _waiting = Channel.CreateBounded<int>(MaxWaiting);
    private int _lastId; // Lock: _gate

    /// <summary>The runs, latest first.</summary>
    public IReadOnlyList<WhatIfRun> Runs()
    {
        lock (_gate)
        {
            List<WhatIfRun> runs = [.. _runs];
            runs.Reverse();
            return runs;
        }
    }

    /// <summary>Asks for a run.</summary>
    /// <param name="request">What.</param>
    /// <param name="problem">What is wrong and how to put it right; null when nothing is.</param>
    /// <returns>Its number; 0 when there is a problem.</returns>
    public int Ask(WhatIfRequest request, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(request);
        problem = Options(request, out DemoOptions? options, out Scene? scene) ?? options!.Problem(scene!);
        if (problem is not null)
        {
            return 0;
        }

        lock (_gate)
        {
            int id = _lastId + 1;
            if (!_waiting.Writer.TryWrite(id))
            {
                problem = $"{MaxWaiting} runs wait already; try again when one is done.";
                return 0;
            }

            _lastId = id;
            string title = $"{request.Scene}, {options!.Machine.Name}, {Numbers.Size(options.VramBytes)} VRAM, {options.Policy}, {request.Frames} frames, seed {request.Seed}";
            _runs.Add(new WhatIfRun(id, title, request, 0, request.Frames, null, [], null, TimeSpan.Zero));
            if (_runs.Count > MaxKept && _runs.Find(static run => run.IsOver) is { } old)
            {
                _runs.Remove(old);
            }

            return id;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (int id in _waiting.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
            {
                if (Find(id) is { } run)
                {
                    // A run keeps a core busy for seconds; it must not hold one of the pool's threads.
                    await Task.Factory.StartNew(() => Play(run, stoppingToken), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private static string? Options(WhatIfRequest request, out DemoOptions? options, out Scene? scene)
    {
        options = null;
        scene = null;
        if (SceneDescription.Find(request.Scene) is not { } description)
        {
            return $"There is no scene {request.Scene}.";
        }

        if (request.Frames is < 1 or > MaxFrames)
        {
            return $"Frames: give 1 to {MaxFrames}.";
        }

        MachineProfile? machine = null;
        if (request.Machine is { } name && !MachineProfiles.TryGet(name, out machine))
        {
            return $"There is no machine {name}.";
        }

        if (request.Policy is { } policy && !DemoOptions.PolicyNames.Contains(policy, StringComparer.Ordinal))
        {
            return $"There is no policy {policy}.";
        }

        DemoOptions usual = DemoOptions.For(description);
        options = usual with
        {
            Machine = machine ?? usual.Machine,
            VramBytes = request.VramBytes ?? usual.VramBytes,
            Frames = request.Frames,
            Seed = request.Seed,
            Policy = request.Policy ?? usual.Policy,
            Backing = BackingKind.PageHeads,
        };
        scene = SceneLoader.Load(description, request.Seed);
        return null;
    }

    private void Play(WhatIfRun run, CancellationToken stoppingToken)
    {
        long start = Stopwatch.GetTimestamp();
        List<double> frames = [];
        int every = (run.Frames + MaxPoints - 1) / MaxPoints;
        double longest = 0;
        try
        {
            Options(run.Request, out DemoOptions? options, out Scene? scene);
            DemoSummary summary = DemoRun.Run(scene!, options!, progress =>
            {
                stoppingToken.ThrowIfCancellationRequested();
                longest = Math.Max(longest, progress.FrameTime.Milliseconds);
                if (progress.Frame % every == 0 || progress.Frame == run.Frames)
                {
                    frames.Add(longest);
                    longest = 0;
                    Change(run.Id, kept => kept with { DoneFrames = progress.Frame });
                }
            }).Summary;
            Change(run.Id, kept => kept with { Summary = summary, DoneFrames = run.Frames, FrameMs = [.. frames], Wall = Stopwatch.GetElapsedTime(start) });
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Change(run.Id, kept => kept with { Problem = failure.Message });
        }
    }

    private WhatIfRun? Find(int id)
    {
        lock (_gate)
        {
            return _runs.Find(run => run.Id == id);
        }
    }

    private void Change(int id, Func<WhatIfRun, WhatIfRun> change)
    {
        lock (_gate)
        {
            int at = _runs.FindIndex(run => run.Id == id);
            if (at >= 0)
            {
                _runs[at] = change(_runs[at]);
            }
        }
    }
}
