using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Eviction;

namespace GpuMm.Lab.League;

/// <summary>Plays one trace against every policy and size: only which objects fit, exactly as libCacheSim counts.</summary>
public static class PolicyLeague
{
    /// <summary>Plays.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="options">Policies and sizes.</param>
    /// <param name="progress">Told how many requests of how many were played, over all passes; null for nobody.</param>
    /// <param name="cancel">Ends it early.</param>
    /// <exception cref="LeagueException">
    /// A policy is unknown, or cannot be told apart or played on this trace; the message says which and what to do.
    /// </exception>
    /// <remarks>
    /// The trace is read once to learn its objects, and once per worker. Memory: under 100 bytes per object for one policy
    /// at one size, 16 to 64 bytes more for each further one.
    /// </remarks>
    public static LeagueResult Play(
        OracleTrace trace, LeagueOptions options, IProgress<(long Done, long All)>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(options);
        List<string> policies = ResolvePolicies(options.Policies);
        TraceScan scan = TraceScan.Of(trace, options.CountsObjects);
        if (scan.Objects == 0)
        {
            throw new LeagueException($"'{trace.Name}' has no request of a size above 0, so there is nothing to play.");
        }

        if (policies.Contains(BeladyReplay.BeladyName) && scan.FutureProblem is { } problem)
        {
            throw new LeagueException(
                $"'belady' needs to know the future, and '{trace.Name}' does not: {problem}. Leave out 'belady' ('bound' needs no future).");
        }

        List<(string Policy, long Capacity)> plan =
        [
            .. from capacity in options.Capacities.Select(spec => spec.Resolve(scan.WorkingSet, options.CountsObjects)).Distinct()
               from policy in policies
               select (policy, capacity),
        ];
        ReplayCounts[] counts = PlayAll(trace, options, plan, progress, cancel);
        return new LeagueResult
        {
            Trace = trace.Name,
            Records = trace.RecordCount,
            Objects = scan.Objects,
            WorkingSet = scan.WorkingSet,
            IsOneSize = scan.IsOneSize,
            CountsObjects = options.CountsObjects,
            Rows = [.. plan.Select((item, index) => Row(item, counts[index], plan, counts))],
        };
    }

    private static ReplayCounts[] PlayAll(
        OracleTrace trace, LeagueOptions options, List<(string Policy, long Capacity)> plan,
        IProgress<(long Done, long All)>? progress, CancellationToken cancel)
    {
        ReplayCounts[] counts = new ReplayCounts[plan.Count];
        int workers = Math.Clamp(options.Workers, 1, plan.Count);
        long done = 0;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = workers, CancellationToken = cancel };
        try
        {
            Parallel.For(0, workers, parallel, worker =>
            {
                ReplayPass pass = new(trace, options.CountsObjects);
                List<(int Index, ResidencyReplay Replay)> mine = [];
                for (int i = worker; i < plan.Count; i += workers)
                {
                    mine.Add((i, ReplayFactory.Make(plan[i].Policy, plan[i].Capacity, trace, pass.Table)));
                }

                while (pass.TryNext(out ReplayBatch batch))
                {
                    cancel.ThrowIfCancellationRequested();
                    foreach ((int _, ResidencyReplay replay) in mine)
                    {
                        replay.Play(batch);
                    }

                    long now = Interlocked.Add(ref done, batch.Requests.Length);
                    progress?.Report((now, trace.RecordCount * workers));
                }

                foreach ((int index, ResidencyReplay replay) in mine)
                {
                    (replay as OfflineBound)?.Finish();
                    counts[index] = replay.Counts;
                }
            });
        }
        catch (AggregateException problems) when (problems.InnerException is LeagueException problem)
        {
            ExceptionDispatchInfo.Throw(problem);
        }

        return counts;
    }

    private static LeagueRow Row(
        (string Policy, long Capacity) item, ReplayCounts own, List<(string Policy, long Capacity)> plan, ReplayCounts[] counts)
    {
        int optimum = plan.IndexOf((BeladyReplay.BeladyName, item.Capacity));
        int bound = plan.IndexOf((OfflineBound.BoundName, item.Capacity));
        return new LeagueRow
        {
            Policy = item.Policy,
            Capacity = item.Capacity,
            Counts = own,
            OptimumMisses = optimum < 0 ? null : counts[optimum].Misses,
            BoundMisses = bound < 0 ? null : counts[bound].Misses,
            BoundMissBytes = bound < 0 ? null : counts[bound].MissBytes,
        };
    }

    /// <summary>The policies that names stand for, each once.</summary>
    /// <exception cref="LeagueException">A policy is unknown, or cannot be told apart from another on requests alone.</exception>
    internal static List<string> ResolvePolicies(IReadOnlyList<string> names)
    {
        IEnumerable<string> known = EvictionPolicies.All.Where(static policy => policy.EqualsInReplay is null)
            .Select(static policy => policy.Name).Append(BeladyReplay.BeladyName).Append(OfflineBound.BoundName);
        List<string> resolved = [];
        foreach (string name in names)
        {
            string lower = name.Trim().ToLowerInvariant();
            if (lower == "all")
            {
                resolved.AddRange(known);
            }
            else if (lower == BeladyReplay.BeladyName || lower == OfflineBound.BoundName)
            {
                resolved.Add(lower);
            }
            else if (!EvictionPolicies.TryCreate(lower, out EvictionPolicy? policy))
            {
                throw new LeagueException($"There is no policy '{name}'; give some of {string.Join(", ", known)}, or all.");
            }
            else if (policy.EqualsInReplay is { } same)
            {
                throw new LeagueException(
                    $"Policy '{name}' differs from '{same}' only by CPU touches, priorities or second places, which a trace of requests " +
                    $"does not have; give '{same}'.");
            }
            else
            {
                resolved.Add(policy.Name);
            }
        }

        return resolved.Count > 0
            ? [.. resolved.Distinct(StringComparer.Ordinal)]
            : throw new LeagueException($"No policy is named; give some of {string.Join(", ", known)}, or all.");
    }
}
