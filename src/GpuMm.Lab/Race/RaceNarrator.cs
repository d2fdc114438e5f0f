using System;
using System.Collections.Generic;

namespace GpuMm.Lab.Race;

/// <summary>Tells a schedule step by step.</summary>
public static class RaceNarrator
{
    /// <summary>Replays the first schedule that came to one bad verdict.</summary>
    /// <param name="result">What was explored.</param>
    /// <param name="verdict">Which schedule to tell.</param>
    /// <returns>One entry per step; none when there is no such schedule.</returns>
    public static IReadOnlyList<NarratedStep> Tell(RaceResult result, RaceVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(result);
        RaceScenario scenario = result.Scenario;
        RaceModel model = scenario.Model;
        RaceState state = RaceState.Start();
        List<NarratedStep> steps = [];
        foreach (byte actor in result.FirstOf(verdict))
        {
            RaceInstruction instruction = model.NextOf(actor, in state);
            RaceState before = state;
            if (!model.TryStep(actor, ref state))
            {
                throw new InvalidOperationException($"Step {steps.Count + 1} of a recorded schedule cannot be taken.");
            }

            steps.Add(new NarratedStep(scenario.Actors[actor].Name, RaceWords.Of(instruction, actor, in before, in state)));
        }

        return steps;
    }

    /// <summary>Says what that schedule came to.</summary>
    /// <param name="result">What was explored.</param>
    /// <param name="verdict">Which schedule was told.</param>
    /// <returns>One sentence.</returns>
    public static string Conclude(RaceResult result, RaceVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(result);
        return verdict switch
        {
            RaceVerdict.StaleForeign => "stale entry: the store went into a frame that belongs to somebody else",
            RaceVerdict.StaleLostWrite => "stale entry, and the store is lost: it went to the old place after the copy",
            RaceVerdict.StaleHarmless => "stale entry: no byte is wrong so far, but it should not be there",
            RaceVerdict.LostWrite => "lost write: the store went to the old place after the copy, or the copy went over it",
            RaceVerdict.WrongData => "wrong data: bytes were read or kept that are not the object's",
            RaceVerdict.DeadLock => "dead-lock: " + Waiting(result),
            RaceVerdict.LiveLock => "live-lock: Retry for the second time; nothing bounds the third",
            _ => "nothing is wrong",
        };
    }

    // Who waits for what at the end of the schedule.
    private static string Waiting(RaceResult result)
    {
        RaceScenario scenario = result.Scenario;
        RaceState state = RaceState.Start();
        foreach (byte actor in result.FirstOf(RaceVerdict.DeadLock))
        {
            scenario.Model.TryStep(actor, ref state);
        }

        List<string> waits = [];
        for (int actor = 0; actor < scenario.Actors.Count; actor++)
        {
            if (state.Counter[actor] != RaceInstruction.Done)
            {
                RaceOp op = scenario.Model.NextOf(actor, in state).Op;
                waits.Add($"{scenario.Actors[actor].Name} waits for {RaceWords.WaitedFor(op)}");
            }
        }

        return string.Join(", ", waits);
    }
}
