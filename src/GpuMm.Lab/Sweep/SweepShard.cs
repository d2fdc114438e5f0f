using System;
using System.Globalization;

namespace GpuMm.Lab.Sweep;

/// <summary>One part of a sweep that several machines share: run i belongs to part i modulo the count.</summary>
/// <param name="Index">This part, 0 to <paramref name="Count"/> - 1.</param>
/// <param name="Count">All parts, at least 1.</param>
public readonly record struct SweepShard(int Index, int Count)
{
    /// <summary>The whole sweep.</summary>
    public static SweepShard Whole => new(0, 1);

    /// <summary>Whether a run belongs to this part.</summary>
    /// <param name="run">The run's index in the matrix.</param>
    public bool Has(int run) => run % Count == Index;

    /// <summary>Reads "2/8" (the second of eight, counted from 0), "auto/8" or "auto".</summary>
    /// <param name="text">The text. auto takes the index from SLURM_ARRAY_TASK_ID (minus SLURM_ARRAY_TASK_MIN, over SLURM_ARRAY_TASK_STEP)
    /// or from JOB_COMPLETION_INDEX of a Kubernetes Indexed Job, and the count from SLURM_ARRAY_TASK_COUNT.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="shard">The part.</param>
    /// <param name="problem">What is wrong and how to put it right; null when nothing is.</param>
    /// <returns>False when there is a problem.</returns>
    public static bool TryParse(string text, Func<string, string?> variable, out SweepShard shard, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(variable);
        shard = Whole;
        string[] parts = text.Split('/');
        bool isAuto = string.Equals(parts[0], "auto", StringComparison.OrdinalIgnoreCase);
        int? index = isAuto ? AutoIndex(variable) : Whole32(parts[0]);
        int? count = parts.Length == 2 ? Whole32(parts[1]) : isAuto && parts.Length == 1 ? Whole32(variable("SLURM_ARRAY_TASK_COUNT")) : null;
        problem = index is null && isAuto
                ? "neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set to a number; give the part itself, such as 0/4"
            : count is null && isAuto ? "how many parts there are is not known here; give auto/N"
            : index is null || count is null ? "that is no part; give one such as 0/4, auto/4 or auto"
            : count < 1 || index >= count ? $"there is no part {index} of {count}; parts count from 0"
            : null;
        if (problem is null)
        {
            shard = new SweepShard(index!.Value, count!.Value);
        }

        return problem is null;
    }

    /// <summary>The part as text: "2/8".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    private static int? AutoIndex(Func<string, string?> variable)
    {
        if (Whole32(variable("SLURM_ARRAY_TASK_ID")) is not { } task)
        {
            return Whole32(variable("JOB_COMPLETION_INDEX"));
        }

        int least = Whole32(variable("SLURM_ARRAY_TASK_MIN")) ?? 0;
        int step = Math.Max(1, Whole32(variable("SLURM_ARRAY_TASK_STEP")) ?? 1);
        return task < least ? null : (task - least) / step;
    }

    private static int? Whole32(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
