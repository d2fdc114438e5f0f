using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using GpuMm.Lab.Race;

namespace GpuMm.Cli.Race;

/// <summary>The outcome of an exploration as lines for people.</summary>
internal static class RaceText
{
    public static void Write(TextWriter output, IReadOnlyList<RaceResult> results, bool variants)
    {
        output.WriteLine(variants
            ? "Single mistakes and their remedies, every interleaving of each. One object, page 0 in frame A at the start, entries empty."
            : "Every interleaving of one fault (F) and one move (M) from frame A to frame B. One object, one page, its entry empty at the start.");
        output.WriteLine();
        WriteTable(output, results, variants);
        output.WriteLine();
        output.WriteLine("stale: an entry names a place that the object has left; foreign: and a store hit another owner's frame by then.");
        output.WriteLine("lost: the entries are right, a store is gone. wrong: bytes that are not the object's. L: the object's lock.");
        output.WriteLine();
        foreach (RaceResult result in results.Where(static result => !result.IsClean))
        {
            output.WriteLine($"{result.Scenario.Title} {result.Scenario.Cast}.");

            // A cell looked at alone tells one schedule of each kind; in a table the first one must do.
            foreach (RaceVerdict verdict in results.Count == 1 ? result.BadVerdicts() : [result.OffendingVerdict])
            {
                WriteSchedule(output, result, verdict);
            }
        }
    }

    private static void WriteTable(TextWriter output, IReadOnlyList<RaceResult> results, bool variants)
    {
        int width = results.Max(static result => Label(result).Length);
        string head = variants ? "variant" : "contract           order";
        output.WriteLine($"{head.PadRight(width)}  schedules        ok     stale   foreign      lost     wrong  dead-lock  live-lock");
        foreach (RaceResult result in results)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Label(result).PadRight(width)}  {result.Schedules,9} {result[RaceVerdict.Ok],9} {result.Stale,9} {result[RaceVerdict.StaleForeign],9} {result[RaceVerdict.LostWrite],9} {result[RaceVerdict.WrongData],9} {result[RaceVerdict.DeadLock],10} {result[RaceVerdict.LiveLock],10}"));
        }
    }

    private static void WriteSchedule(TextWriter output, RaceResult result, RaceVerdict verdict)
    {
        int number = 0;
        foreach (NarratedStep step in RaceNarrator.Tell(result, verdict))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{++number,4}. {step.Actor}: {step.Text}"));
        }

        output.WriteLine($"   => {RaceNarrator.Conclude(result, verdict)}");
        output.WriteLine();
    }

    private static string Label(RaceResult result) => result.Scenario is { Contract: { } contract, Order: { } order }
        ? $"{RaceTable.NameOf(contract),-18} {RaceTable.NameOf(order)}"
        : result.Scenario.Name;
}
