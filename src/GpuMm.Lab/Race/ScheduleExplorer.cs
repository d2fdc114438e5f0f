using System;

namespace GpuMm.Lab.Race;

/// <summary>Walks every interleaving of a model's actors, depth first, the lowest actor first.</summary>
/// <remarks>
/// States are values, so going back is dropping a copy: no undo code, nothing shared between branches. An actor that
/// waits is passed over and tried again after the next step of another. Two different orders of steps count as two
/// schedules even when they lead to the same state, so counts can be checked against binomial coefficients.
/// </remarks>
public static class ScheduleExplorer
{
    /// <summary>Most steps of one schedule.</summary>
    public const int MaxSteps = 64;

    /// <summary>Most schedules of one exploration; several times what the largest scenario has.</summary>
    public const long MaxSchedules = 2_000_000;

    /// <summary>Visits every complete schedule that begins at one state.</summary>
    /// <typeparam name="TModel">The model; a struct, so that its steps are compiled in.</typeparam>
    /// <typeparam name="TState">The state of the model.</typeparam>
    /// <typeparam name="TVisitor">Who is told.</typeparam>
    /// <param name="model">The actors.</param>
    /// <param name="start">The state before the first step.</param>
    /// <param name="visitor">Told of each schedule.</param>
    /// <returns>How many schedules there are; at least 1.</returns>
    /// <exception cref="InvalidOperationException">There are more than <see cref="MaxSchedules"/>.</exception>
    /// <remarks>Cost: O(steps of all schedules together), a few arrays of <see cref="MaxSteps"/> entries.</remarks>
    public static long Explore<TModel, TState, TVisitor>(TModel model, in TState start, ref TVisitor visitor)
        where TModel : struct, IStepModel<TState>
        where TState : struct
        where TVisitor : struct, IScheduleVisitor<TState>
    {
        var states = new TState[MaxSteps + 2];     // one beyond the limit, to see whether anybody could still step
        Span<byte> nextActor = stackalloc byte[MaxSteps + 1];
        Span<bool> hasStepped = stackalloc bool[MaxSteps + 1];
        Span<byte> schedule = stackalloc byte[MaxSteps + 1];
        int actorCount = model.ActorCount;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(actorCount, byte.MaxValue, nameof(model));
        long count = 0;
        int depth = 0;
        states[0] = start;
        nextActor.Clear();
        hasStepped.Clear();
        while (true)
        {
            if (nextActor[depth] < actorCount)
            {
                int actor = nextActor[depth]++;
                states[depth + 1] = states[depth];
                if (!model.TryStep(actor, ref states[depth + 1]))
                {
                    continue;
                }

                hasStepped[depth] = true;
                if (depth < MaxSteps)
                {
                    schedule[depth++] = (byte)actor;
                    nextActor[depth] = 0;
                    hasStepped[depth] = false;
                    continue;
                }
            }

            if (!hasStepped[depth] || depth == MaxSteps)
            {
                CountOne(ref count);
                visitor.Complete(
                    schedule[..depth], in states[depth], hasStepped[depth] ? ScheduleEnd.StepLimit : ScheduleEnd.NobodyCanStep);
            }

            if (depth-- == 0)
            {
                return count;
            }
        }
    }

    private static void CountOne(ref long count)
    {
        if (++count > MaxSchedules)
        {
            throw new InvalidOperationException($"More than {MaxSchedules} schedules: give the actors fewer steps.");
        }
    }
}
