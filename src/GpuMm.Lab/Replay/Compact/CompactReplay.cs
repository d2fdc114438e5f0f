using System;
using System.Threading;
using GpuMm.Eviction;
using GpuMm.Traces.Model;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>
/// A full replay of traces that only create and use objects, without a device: the device's rules on one line of memory for
/// each object. It has the device's allocators, rankings, machine and clock, and gives the same result to the byte and the
/// nanosecond, several times as fast.
/// </summary>
internal abstract class CompactReplay
{
    /// <summary>Whether it knows such a replay.</summary>
    /// <param name="options">Machine and rules.</param>
    public static bool Knows(FullReplayOptions options) =>
        options is { Backing: Backing.BackingKind.None, ApertureAllocator: null } && EvictionPolicies.TryCreate(options.Policy, out _);

    /// <summary>Sets a machine up.</summary>
    /// <param name="options">Machine and rules; known.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not whole pages, or a number out of range.</exception>
    public static CompactReplay Create(FullReplayOptions options)
    {
        ReplayDevices.Check(options);
        Factory factory = new(options);
        EvictionPolicies.Get(options.Policy).Accept(ref factory);
        return factory.Made!;
    }

    /// <summary>Replays a trace to its end.</summary>
    /// <param name="reader">The trace.</param>
    /// <param name="progress">Told how much was read, 0 to 1, now and then; null for nobody.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>The result; null when the trace has more in it than creations and uses, or reaches a limit: the device is asked instead.</returns>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public FullReplayResult? Run(ITraceReader reader, Action<double>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reader);
        try
        {
            return RunAll(reader, progress, cancellationToken);
        }
        catch (CompactLimitException)
        {
            return null;
        }
    }

    /// <summary>Of where every object lies at the end, as <see cref="FullReplay.PlacesHash"/>.</summary>
    public abstract ulong PlacesHash();

    private protected abstract FullReplayResult RunAll(ITraceReader reader, Action<double>? progress, CancellationToken cancellationToken);

    private struct Factory(FullReplayOptions options) : IEvictionPolicyVisitor
    {
        public CompactReplay? Made { get; private set; }

        public void Visit<TPolicy>()
            where TPolicy : struct, IEvictionPolicy => Made = EvictionPolicies.Get(options.Policy).UsesManagerList
            ? new CompactReplay<CompactList>(options)
            : new CompactReplay<CompactRanking<TPolicy>>(options);
    }
}
