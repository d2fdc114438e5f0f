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
/// this is disposed. Nothing but the format is looked at before it is needed. Safe for concurrent use.
/// </remarks>
public sealed class ResidencyTrace : IDisposable
{
    private readonly string _path;
    private readonly TraceOpenOptions _options;
    private readonly bool _isOracle;
    private readonly Lazy<Contents> _contents;

    private ResidencyTrace(string path, TraceOpenOptions options, string format)
    {
        _path = path;
        _options = options;
        _isOracle = format == "oracle" && (path.EndsWith(".zst", StringComparison.OrdinalIgnoreCase) || !IsPacked(path));
        Format = format;
        _contents = new Lazy<Contents>(Load, LazyThreadSafetyMode.ExecutionAndPublication);
    }

    /// <summary>Short name of the file's format.</summary>
    public string Format { get; }

    /// <summary>Sizes of all objects, each as it was first requested, bytes.</summary>
    /// <exception cref="LeagueException">The trace cannot be read, or has no request.</exception>
    public ulong WorkingSetBytes => _contents.Value.Scan.WorkingSet;

    /// <summary>Different objects.</summary>
    /// <exception cref="LeagueException">The trace cannot be read, or has no request.</exception>
    public int ObjectCount => _contents.Value.Scan.Objects;

    /// <summary>Requests are validations, since the trace has no uses.</summary>
    /// <exception cref="LeagueException">The trace cannot be read, or has no request.</exception>
    public bool IsOfValidations => _contents.Value.IsOfValidations;

    /// <summary>Opens a trace.</summary>
    /// <param name="path">The file.</param>
    /// <param name="from">Its format; null to find it by content.</param>
    /// <exception cref="LeagueException">It cannot be read, or fits no format.</exception>
    public static ResidencyTrace Open(string path, string? from)
    {
        ArgumentNullException.ThrowIfNull(path);
        TraceOpenOptions options = new() { From = from };
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
    /// <exception cref="LeagueException">The trace cannot be read, or does not know the future that belady needs; or nothing is left of the size.</exception>
    /// <remarks>Memory: under 100 bytes per object. Cost: one pass.</remarks>
    public (ReplayCounts Counts, long CapacityBytes) Play(string policy, CapacitySpec capacity, CancellationToken cancellationToken)
    {
        Contents contents = _contents.Value;
        if (policy == BeladyReplay.BeladyName && contents.Scan.FutureProblem is { } problem)
        {
            throw new LeagueException($"belady needs to know the future, and the trace does not: {problem}. Leave out belady (bound needs no future).");
        }

        long bytes = capacity.Resolve(contents.Scan.WorkingSet, countsObjects: false);
        ReplayPass pass = new(contents.Trace, countsObjects: false);
        ResidencyReplay replay = ReplayFactory.Make(policy, bytes, contents.Trace, pass.Table);
        while (pass.TryNext(out ReplayBatch batch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            replay.Play(batch);
        }

        (replay as OfflineBound)?.Finish();
        return (replay.Counts, bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_contents.IsValueCreated)
        {
            _contents.Value.Trace.Dispose();
        }
    }

    private static bool IsPacked(string path)
    {
        Span<byte> head = stackalloc byte[4];
        using FileStream file = File.OpenRead(path);
        return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.SequenceEqual((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]);
    }

    private Contents Load()
    {
        OracleTrace? trace = null;
        try
        {
            bool isOfValidations = false;
            trace = _isOracle ? OracleTrace.Open(_path) : AccessProjection.Open(_path, _options, out isOfValidations);
            TraceScan? scan = trace is null ? null : TraceScan.Of(trace, countsObjects: false);
            if (scan is not { Objects: > 0 })
            {
                throw new LeagueException($"{_path}: there is no request in it: nothing uses an object or brings one into video memory. Give a trace of accesses.");
            }

            Contents contents = new(trace!, scan, isOfValidations);
            trace = null;
            return contents;
        }
        catch (TraceFormatException problem)
        {
            throw new LeagueException(problem.Message, problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new LeagueException($"{_path}: it cannot be read: {problem.Message}", problem);
        }
        finally
        {
            trace?.Dispose();
        }
    }

    private sealed record Contents(OracleTrace Trace, TraceScan Scan, bool IsOfValidations);
}
