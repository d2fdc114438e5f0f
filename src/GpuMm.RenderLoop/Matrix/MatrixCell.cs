using System;
using System.Collections.Generic;
using GpuMm.RenderLoop.Frames;

namespace GpuMm.RenderLoop.Matrix;

/// <summary>One run of a what-if.</summary>
/// <param name="VramBytes">Video memory, bytes.</param>
/// <param name="IsRefinement">True when it was not asked for, but run to find the knee.</param>
/// <param name="Summary">Its figures.</param>
/// <param name="Causes">Where its time went.</param>
/// <param name="IsThrashing">Whether objects went back and forth.</param>
/// <param name="Hash">Over everything that happened.</param>
public sealed record MatrixCell(
    ulong VramBytes, bool IsRefinement, DemoSummary Summary, IReadOnlyList<CauseTotal> Causes, bool IsThrashing, ulong Hash)
{
    /// <summary>Whether no frame stuttered.</summary>
    public bool IsCalm => Summary.StutterFrames == 0;

    /// <summary>How much of the p99 frame memory is to blame for, ns.</summary>
    public long P99MemoryNs
    {
        get
        {
            long sum = 0;
            foreach (CauseTotal cause in Causes)
            {
                sum += FrameCauses.IsMemory(cause.Cause) ? cause.P99Ns : 0;
            }

            return sum;
        }
    }

    /// <summary>The memory cause that took most of the p99 frame; null when none took any.</summary>
    public CauseTotal? P99Cause
    {
        get
        {
            CauseTotal? most = null;
            foreach (CauseTotal cause in Causes)
            {
                if (FrameCauses.IsMemory(cause.Cause) && cause.P99Ns > (most?.P99Ns ?? 0))
                {
                    most = cause;
                }
            }

            return most;
        }
    }

    /// <summary>A run's cell.</summary>
    /// <param name="vramBytes">Its video memory, bytes.</param>
    /// <param name="report">What it came to.</param>
    /// <param name="isRefinement">Whether it was run to find the knee.</param>
    public static MatrixCell Of(ulong vramBytes, DemoReport report, bool isRefinement)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new MatrixCell(vramBytes, isRefinement, report.Summary, report.Causes, report.Thrash.IsThrashing, report.Hash);
    }
}
