using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Backing;

namespace GpuMm.RenderLoop.Matrix;

/// <summary>Runs every combination of some axes, side by side, and finds the knee of each line.</summary>
/// <remarks>
/// The runs share nothing but the scene, which never changes, so they go on several threads; the results do not depend on
/// how many. Contents are kept as page heads: the same moves, faults and times, without the bytes.
/// </remarks>
public sealed class MatrixRunner
{
    // The knee is sought to a sixteenth of the gap between two sizes, in whole MiB.
    private const int RefinementSteps = 16;

    private readonly Scene _scene;
    private readonly DemoOptions _options;
    private readonly MatrixAxes _axes;
    private readonly Action<MatrixProgress>? _progress;
    private readonly object _progressLock = new();
    private int _done; // Lock: _progressLock
    private int _planned; // Lock: _progressLock

    /// <summary>A what-if; nothing is run yet.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="options">What does not vary.</param>
    /// <param name="axes">What does.</param>
    /// <param name="progress">Called after each run, on any thread but one at a time; null for nobody.</param>
    public MatrixRunner(Scene scene, DemoOptions options, MatrixAxes axes, Action<MatrixProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(axes);
        _scene = scene;
        _options = options with { Backing = BackingKind.PageHeads };
        _axes = axes;
        _progress = progress;
        _planned = axes.RunCount;
    }

    /// <summary>Checks every run before the first.</summary>
    /// <returns>Null, or one line that says what is wrong and how to put it right.</returns>
    public string? Problem()
    {
        if (_axes.RunCount > MatrixAxes.MaxRuns)
        {
            return FormattableString.Invariant($"these options make {_axes.RunCount} runs: give values that make at most {MatrixAxes.MaxRuns}.");
        }

        foreach (MatrixPoint point in _axes.Series())
        {
            foreach (ulong vramBytes in _axes.VramBytes)
            {
                if (point.Apply(_options, vramBytes).Problem(_scene) is { } problem)
                {
                    return problem;
                }
            }
        }

        return null;
    }

    /// <summary>Does the runs.</summary>
    /// <param name="refine">Whether to run sizes between two that were asked for, to find where the knee is.</param>
    /// <param name="cancellationToken">Ends it between two runs.</param>
    /// <returns>One entry per line, in the order of <see cref="MatrixAxes.Series"/>.</returns>
    /// <exception cref="DemoFailedException">A run failed.</exception>
    public IReadOnlyList<MatrixSeries> Run(bool refine, CancellationToken cancellationToken)
    {
        IReadOnlyList<MatrixPoint> points = _axes.Series();
        int sizes = _axes.VramBytes.Count;
        MatrixCell[] cells = new MatrixCell[points.Count * sizes];
        ParallelOptions parallel = new() { CancellationToken = cancellationToken };
        try
        {
            Parallel.For(0, cells.Length, parallel, i =>
                cells[i] = One(points[i / sizes], _axes.VramBytes[i % sizes], isRefinement: false));
            MatrixSeries[] series = new MatrixSeries[points.Count];
            Parallel.For(0, points.Count, parallel, i =>
                series[i] = Refine(points[i], [.. cells.AsSpan(i * sizes, sizes)], refine, cancellationToken));
            return series;
        }
        catch (AggregateException failures) when (failures.GetBaseException() is DemoFailedException failure)
        {
            throw new DemoFailedException(failure.Message, failures);
        }
    }

    private MatrixSeries Refine(MatrixPoint point, List<MatrixCell> cells, bool refine, CancellationToken cancellationToken)
    {
        ulong stepBytes = 0;
        Knee knee = Knee.Of(cells);
        while (refine && knee.BelowBytes is { } below && knee.VramBytes - below > 1ul << 20)
        {
            ulong gapBytes = knee.VramBytes - below;
            stepBytes = stepBytes == 0 ? Math.Max(1ul << 20, gapBytes / RefinementSteps) : stepBytes;
            if (gapBytes < 2 * stepBytes)
            {
                break;
            }

            cancellationToken.ThrowIfCancellationRequested();
            lock (_progressLock)
            {
                _planned++;
            }

            ulong middleBytes = (below + (gapBytes / 2)) >> 20 << 20;
            cells.Insert(cells.FindIndex(cell => cell.VramBytes == knee.VramBytes), One(point, middleBytes, isRefinement: true));
            knee = Knee.Of(cells);
        }

        return new MatrixSeries(_axes.NameOf(point), point, cells, knee);
    }

    private MatrixCell One(MatrixPoint point, ulong vramBytes, bool isRefinement)
    {
        DemoReport report = DemoRun.Run(_scene, point.Apply(_options, vramBytes));
        lock (_progressLock)
        {
            _done++;
            _progress?.Invoke(new MatrixProgress(_done, _planned, _axes.NameOf(point), vramBytes));
        }

        return MatrixCell.Of(vramBytes, report, isRefinement);
    }
}
