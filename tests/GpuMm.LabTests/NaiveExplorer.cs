using System.Collections.Generic;
using System.Linq;
using GpuMm.Lab.Race;

namespace GpuMm.LabTests;

/// <summary>All schedules, level by level: every known beginning is replayed from the start with every actor appended.</summary>
internal static class NaiveExplorer
{
    /// <summary>Gets every complete schedule with its last state, in lexicographic order.</summary>
    public static List<(byte[] Schedule, TState Last)> Explore<TState>(IStepModel<TState> model, TState start)
        where TState : struct
    {
        List<(byte[] Schedule, TState Last)> complete = [];
        List<byte[]> level = [[]];
        while (level.Count > 0)
        {
            List<byte[]> next = [];
            foreach (byte[] beginning in level)
            {
                byte[][] longer = [.. Enumerable.Range(0, model.ActorCount)
                    .Select(actor => (byte[])[.. beginning, (byte)actor])
                    .Where(schedule => TryReplay(model, start, schedule, out _))];
                next.AddRange(longer);
                if (longer.Length == 0)
                {
                    TryReplay(model, start, beginning, out TState last);
                    complete.Add((beginning, last));
                }
            }

            level = next;
        }

        return [.. complete.OrderBy(static entry => string.Concat(entry.Schedule), System.StringComparer.Ordinal)];
    }

    private static bool TryReplay<TState>(IStepModel<TState> model, TState start, byte[] schedule, out TState state)
        where TState : struct
    {
        state = start;
        foreach (byte actor in schedule)
        {
            if (!model.TryStep(actor, ref state))
            {
                return false;
            }
        }

        return true;
    }
}
