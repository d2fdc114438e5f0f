using System;
using System.Threading;
using GpuMm.Lab.League;
using GpuMm.Lab.Replay.Compact;
using GpuMm.Traces.Model;

namespace GpuMm.Lab.Replay;

/// <summary>Full replays by the engine that fits.</summary>
public static class ReplayEngines
{
    /// <summary>Replays a trace to its end.</summary>
    /// <param name="open">Opens the trace; called once more when the compact engine finds in the middle that it does not know it.</param>
    /// <param name="options">Machine and rules.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="used">Which one it was.</param>
    /// <param name="progress">Told how much was read, 0 to 1, now and then; null for nobody.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="LeagueException">The compact engine was asked for, and does not know the trace or the options.</exception>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public static FullReplayResult Run(
        Func<ITraceReader> open, FullReplayOptions options, ReplayEngine engine, out ReplayEngine used,
        Action<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(options);
        if (engine != ReplayEngine.Device && TryCompact(open, options, progress, cancellationToken) is { } result)
        {
            used = ReplayEngine.Compact;
            return result;
        }

        if (engine == ReplayEngine.Compact)
        {
            throw new LeagueException("The compact engine knows no contents, and only traces that do no more than create and use objects; take the engine 'device'.");
        }

        used = ReplayEngine.Device;
        using ITraceReader reader = open();
        using FullReplay replay = new(options);
        return replay.Run(reader, progress, cancellationToken);
    }

    private static FullReplayResult? TryCompact(
        Func<ITraceReader> open, FullReplayOptions options, Action<double>? progress, CancellationToken cancellationToken)
    {
        if (!CompactReplay.Knows(options))
        {
            return null;
        }

        using ITraceReader reader = open();
        CompactReplay compact = CompactReplay.Create(options);
        return compact.Run(reader, progress, cancellationToken);
    }
}
