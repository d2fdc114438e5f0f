using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace GpuMm.Lab.Sweep;

/// <summary>Does the runs of a matrix on several cores and stores each as it ends.</summary>
public static class SweepExecutor
{
    /// <summary>Does all runs of a part that are not stored yet.</summary>
    /// <param name="matrix">All runs.</param>
    /// <param name="shard">Which of them to do here.</param>
    /// <param name="runner">Does them.</param>
    /// <param name="store">Where results are, and go.</param>
    /// <param name="cores">Runs side by side, at least 1.</param>
    /// <param name="onProgress">Told at the start and after each run, one at a time; may be null.</param>
    /// <param name="cancellationToken">Ends the sweep; what is stored stays, runs that were under way are lost.</param>
    /// <returns>How it ended. Failed runs are stored with their reason and tried again by the next sweep.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static SweepProgress Run(
        SweepMatrix matrix, SweepShard shard, ISweepRunner runner, ResultStore store, int cores,
        Action<SweepProgress>? onProgress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(runner);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentOutOfRangeException.ThrowIfLessThan(cores, 1);
        long start = Stopwatch.GetTimestamp();
        List<(string Key, SweepPoint Point)> left = [];
        int total = 0;
        HashSet<string> keys = new(StringComparer.Ordinal);
        for (int i = 0; i < matrix.Count; i++)
        {
            if (shard.Has(i))
            {
                cancellationToken.ThrowIfCancellationRequested();
                SweepPoint point = matrix[i];
                string key = RunKey.Of(point, runner.Inputs(point), runner.Version);
                total++;
                if (!store.HasDone(key) && keys.Add(key))
                {
                    left.Add((key, point));
                }
            }
        }

        object gate = new();
        SweepProgress progress = new(total, total - left.Count, 0, 0, TimeSpan.Zero, null);
        onProgress?.Invoke(progress);
        ParallelOptions options = new() { MaxDegreeOfParallelism = cores, CancellationToken = cancellationToken };
        // Taken one by one and in order: runs differ in length, and what a person reads first is ready first.
        Parallel.ForEach(System.Collections.Concurrent.Partitioner.Create(left, System.Collections.Concurrent.EnumerablePartitionerOptions.NoBuffering), options, item =>
        {
            StoredRun run = RunOne(item.Key, item.Point, runner, cancellationToken);
            lock (gate)
            {
                store.Put(run);
                progress = new(
                    total, progress.Known, progress.Done + 1, progress.Failed + (run.Problem is null ? 0 : 1), Stopwatch.GetElapsedTime(start), run);
                onProgress?.Invoke(progress);
            }
        });
        return progress;
    }

    private static StoredRun RunOne(string key, SweepPoint point, ISweepRunner runner, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            IReadOnlyDictionary<string, double> metrics = runner.Run(point, cancellationToken);
            return new StoredRun(key, point, metrics, null, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (SweepRunException failure)
        {
            return new StoredRun(key, point, null, failure.Message, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // A fault of the program in one run must not end a thousand others; it is told, and the run is tried again next time.
            string problem = $"a fault of this program: {fault.GetType().Name}: {fault.Message}";
            return new StoredRun(key, point, null, problem, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }
}
