using System;
using System.Collections.Generic;
using System.Globalization;
using GpuMm.Primitives;
using GpuMm.RenderLoop.Frames;

namespace GpuMm.RenderLoop.Matrix;

/// <summary>From where on more video memory does not help, and what too little costs.</summary>
/// <param name="VramBytes">The smallest size from which on every size tried is good.</param>
/// <param name="BelowBytes">The largest size below it that is not; null when every size tried is good.</param>
/// <param name="IsStutterFree">True when good means without any stutter; false when some remain at every size.</param>
/// <param name="Sentence">The answer in one sentence.</param>
public sealed record Knee(ulong VramBytes, ulong? BelowBytes, bool IsStutterFree, string Sentence)
{
    // With stutters that no memory removes, a size is good when it has no more of them than the largest, and its p99 is
    // within this share of the best.
    private const long ToleranceShare = 20; // 1/20 = 5 %

    /// <summary>Finds the knee of a line.</summary>
    /// <param name="cells">Runs by size, ascending; at least one.</param>
    public static Knee Of(IReadOnlyList<MatrixCell> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentOutOfRangeException.ThrowIfZero(cells.Count, nameof(cells));
        MatrixCell best = cells[^1];
        int knee = cells.Count - 1;
        while (knee > 0 && IsGood(cells[knee - 1], best))
        {
            knee--;
        }

        ulong? below = knee == 0 ? null : cells[knee - 1].VramBytes;
        return new Knee(cells[knee].VramBytes, below, best.IsCalm, Tell(cells, knee));
    }

    /// <summary>Whether a run is as good as the one with most memory.</summary>
    /// <param name="cell">The run.</param>
    /// <param name="best">The run with most memory.</param>
    public static bool IsGood(MatrixCell cell, MatrixCell best)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(best);
        return best.IsCalm
            ? cell.IsCalm
            : cell.Summary.StutterFrames <= best.Summary.StutterFrames &&
                cell.Summary.FrameP99Ns <= best.Summary.FrameP99Ns + (best.Summary.FrameP99Ns / ToleranceShare);
    }

    private static string Tell(IReadOnlyList<MatrixCell> cells, int knee)
    {
        MatrixCell best = cells[^1];
        string from = ByteSize.Format(cells[knee].VramBytes);
        string start = (best.IsCalm, knee) switch
        {
            (true, 0) when cells.Count == 1 => $"no stutter at {from}",
            (true, 0) => $"no stutter at any size from {from} up",
            (true, _) => $"no stutter from {from} up",
            (false, _) when knee == cells.Count - 1 && cells.Count > 1 =>
                string.Create(CultureInfo.InvariantCulture, $"still {Stutters(best)} at {from}, the largest size tried: {P99(best)}"),
            (false, _) => string.Create(CultureInfo.InvariantCulture, $"from {from} up more does not help: {Stutters(best)} remain{(best.Summary.StutterFrames == 1 ? "s" : "")}, {P99(best)}"),
        };
        MatrixCell least = cells[0];
        return knee == 0 ? (best.IsCalm ? $"{start}; {P99(least)}" : start) : $"{start}; at {ByteSize.Format(least.VramBytes)} {P99(least)}";
    }

    private static string Stutters(MatrixCell cell) => string.Create(
        CultureInfo.InvariantCulture, $"{cell.Summary.StutterFrames} stutter{(cell.Summary.StutterFrames == 1 ? "" : "s")}");

    private static string P99(MatrixCell cell)
    {
        string time = $"p99 is {Ms(cell.Summary.FrameP99Ns)}";
        return cell.P99Cause is { } cause ? $"{time}, of which {Ms(cause.P99Ns)} {FrameCauses.Phrase(cause.Cause)}" : time;
    }

    // Two digits are enough to act on; a whole number from 10 ms up.
    private static string Ms(long ns) => ns >= 9_950_000
        ? string.Create(CultureInfo.InvariantCulture, $"{ns / 1e6:0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{ns / 1e6:0.0} ms");
}
