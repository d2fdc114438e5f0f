using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using GpuMm.Traces;
using GpuMm.Traces.Model;

namespace GpuMm.Lab.League;

/// <summary>The accesses of one trace of any format, opened once and shared by many residency replays.</summary>
/// <remarks>
/// Requests are the uses of objects by the GPU; in a recording without uses, the validations into video memory stand for them.
/// An oracleGeneral file is mapped as it is; of others the accesses are written to a temporary file, which is gone when
/// this is disposed. Belady's rule needs the next uses: where those in an oracleGeneral file are not true (all -1, or cut off
/// with the file), they are found anew, in a temporary file as well. Nothing but the format is looked at before it is needed.
/// Safe for concurrent use.
/// </remarks>
public sealed class ResidencyTrace : IDisposable
{
    private readonly string _path;
    private readonly TraceOpenOptions _options;
    private readonly bool _isOracle;
    private readonly Lazy<(OracleTrace Trace, bool IsOfValidations)> _requests;
    private readonly Lazy<TraceScan> _scan;
    private readonly Lazy<OracleTrace> _future;

    private ResidencyTrace(string path, TraceOpenOptions options, string format)
    {
        _path = path;
        _options = options;
        _isOracle = format == "oracle" && (path.EndsWith(".zst", StringComparison.OrdinalIgnoreCase) || !IsPacked(path));
        Format = format;
        _requests = new Lazy<(OracleTrace, bool)>(Load, LazyThreadSafetyMode.ExecutionAndPublication);
        _scan = new Lazy<TraceScan>(Scan, LazyThreadSafetyMode.ExecutionAndPublication);
        _future = new Lazy<OracleTrace>(FindFuture, LazyThreadSafetyMode.ExecutionAndPublication);
    }

    /// <summary>Short name of the file's format.</summary>
    public string Format { get; }

    /// <summary>Sizes of all objects, each as it was first requested, bytes.</summary>
    /// <exception cref="LeagueException">The trace cannot be read, or has no request.</exception>
    public ulong WorkingSetBytes => _scan.Value.WorkingSet;

    /// <summary>Different objects.</summary>
    /// <exception cref="LeagueException">The trace cannot be read, or has no request.</exception>
    public int ObjectCount => _scan.Value.Objects;

    /// <summary>Requests are validations, since the trace has no uses.</summary>
    /// <exception cref="LeagueException">The trace cannot be read, or has no request.</exception>
    public bool IsOfValidations => _requests.Value.IsOfValidations;

    /// <summary>What is wrong with the next uses in the trace, when they had to be found anew; else null.</summary>
    public string? FutureProblem => _future.IsValueCreated ? _scan.Value.FutureProblem : null;

    /// <summary>Opens a trace.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Its format, and which column of a table is what, where content does not tell.</param>
    /// <exception cref="LeagueException">It cannot be read, or fits no format.</exception>
    public static ResidencyTrace Open(string path, TraceOpenOptions options)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            using ITraceReader reader = TraceFiles.Open(path, options);
            return new ResidencyTrace(path, options, reader.Description.Format);
        }
        catch (Exception problem) when (problem is TraceFormatException or ArgumentException)
        {
            throw new LeagueException(problem.Message, problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new LeagueException($"{path}: it cannot be read: {problem.Message}", problem);
        }
    }

    /// <summary>The policies that names stand for: "all" for every one, belady and bound among them.</summary>
    /// <param name="names">The names.</param>
    /// <exception cref="LeagueException">One is unknown, or equals another on requests alone; the message says what there is.</exception>
    public static IReadOnlyList<string> Policies(IReadOnlyList<string> names) => PolicyLeague.ResolvePolicies(names);

    /// <summary>Plays the whole trace against one memory.</summary>
    /// <param name="policy">A name of <see cref="Policies"/>.</param>
    /// <param name="capacity">The memory's size.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>The counts, and the size that they are of, in bytes.</returns>
    /// <exception cref="LeagueException">The trace cannot be read, or nothing is left of the size.</exception>
    /// <remarks>Memory: under 100 bytes per object. Cost: one pass.</remarks>
    public (ReplayCounts Counts, long CapacityBytes) Play(string policy, CapacitySpec capacity, CancellationToken cancellationToken)
    {
        OracleTrace trace = Requests(needsFuture: policy == BeladyReplay.BeladyName);
        long bytes = capacity.Resolve(_scan.Value.WorkingSet, countsObjects: false);
        ReplayPass pass = new(trace, countsObjects: false);
        ResidencyReplay replay = ReplayFactory.Make(policy, bytes, trace, pass.Table);
        while (pass.TryNext(out ReplayBatch batch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            replay.Play(batch);
        }

        (replay as OfflineBound)?.Finish();
        return (replay.Counts, bytes);
    }

    /// <summary>Plays every policy and size.</summary>
    /// <inheritdoc cref="PolicyLeague.Play"/>
    /// <exception cref="LeagueException">As there; or the trace cannot be read, or has no request.</exception>
    public LeagueResult PlayLeague(
        LeagueOptions options, IProgress<(long Done, long All)>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        bool needsFuture = PolicyLeague.ResolvePolicies(options.Policies).Contains(BeladyReplay.BeladyName);
        return PolicyLeague.Play(Requests(needsFuture), options, progress, cancel);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_requests.IsValueCreated)
        {
            _requests.Value.Trace.Dispose();
        }

        if (_future.IsValueCreated)
        {
            _future.Value.Dispose();
        }
    }

    private static bool IsPacked(string path)
    {
        Span<byte> head = stackalloc byte[4];
        using FileStream file = File.OpenRead(path);
        return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.SequenceEqual((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]);
    }

    // A projection knows the future; an oracleGeneral file says that it does.
    private OracleTrace Requests(bool needsFuture) =>
        needsFuture && _isOracle && _scan.Value.FutureProblem is not null ? _future.Value : _requests.Value.Trace;

    private (OracleTrace Trace, bool IsOfValidations) Load()
    {
        bool isOfValidations = false;
        OracleTrace? trace = Read(() => _isOracle ? OracleTrace.Open(_path) : AccessProjection.Open(_path, _options, out isOfValidations));
        return (trace ?? throw NoRequest(), isOfValidations);
    }

    private OracleTrace FindFuture() => Read(() => AccessProjection.Open(_path, _options, out _)) ?? throw NoRequest();

    private T Read<T>(Func<T> open)
    {
        try
        {
            return open();
        }
        catch (TraceFormatException problem)
        {
            throw new LeagueException(problem.Message, problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new LeagueException($"{_path}: it cannot be read: {problem.Message}", problem);
        }
    }

    private TraceScan Scan()
    {
        TraceScan scan = TraceScan.Of(_requests.Value.Trace, countsObjects: false);
        return scan.Objects > 0 ? scan : throw NoRequest();
    }

    private LeagueException NoRequest() =>
        new($"{_path}: there is no request in it: nothing uses an object or brings one into video memory. Give a trace of accesses.");
}
