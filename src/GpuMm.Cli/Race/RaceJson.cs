using System.Collections.Generic;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using GpuMm.Lab.Race;

namespace GpuMm.Cli.Race;

/// <summary>The outcome of an exploration as one JSON document: whole numbers.</summary>
internal static class RaceJson
{
    // The default escapes the arrows and apostrophes of the steps; nothing here goes into HTML.
    private static readonly RaceJsonContext s_context = new(
        new JsonSerializerOptions(RaceJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static string Write(IReadOnlyList<RaceResult> results)
    {
        RaceDocument document = new() { SchemaVersion = 1, Cells = [.. results.Select(Cell)] };
        return JsonSerializer.Serialize(document, s_context.RaceDocument);
    }

    private static RaceDocumentCell Cell(RaceResult result) => new()
    {
        Name = result.Scenario.Name,
        Title = result.Scenario.Title,
        Cast = result.Scenario.Cast,
        Contract = result.Scenario.Contract is { } contract ? RaceTable.NameOf(contract) : null,
        Order = result.Scenario.Order is { } order ? RaceTable.NameOf(order) : null,
        MustBeClean = result.Scenario.MustBeClean,
        Schedules = result.Schedules,
        Ok = result[RaceVerdict.Ok],
        StaleForeign = result[RaceVerdict.StaleForeign],
        StaleLostWrite = result[RaceVerdict.StaleLostWrite],
        StaleHarmless = result[RaceVerdict.StaleHarmless],
        LostWrites = result[RaceVerdict.LostWrite],
        WrongData = result[RaceVerdict.WrongData],
        DeadLocks = result[RaceVerdict.DeadLock],
        LiveLocks = result[RaceVerdict.LiveLock],
        RetriesMax = result.RetriesMax,
        StepsMax = result.StepsMax,
        Offending = [.. result.BadVerdicts().Select(verdict => Schedule(result, verdict))],
    };

    private static RaceDocumentSchedule Schedule(RaceResult result, RaceVerdict verdict) => new()
    {
        Conclusion = RaceNarrator.Conclude(result, verdict),
        Steps = [.. RaceNarrator.Tell(result, verdict).Select(static step => $"{step.Actor}: {step.Text}")],
    };
}
