using System;
using System.CommandLine;

namespace GpuMm.Cli.Sweep;

/// <summary>The options that say how runs are printed.</summary>
internal static class RunOutput
{
    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON document, nothing else." };
    private static readonly Option<bool> s_ndjson = new("--ndjson") { Description = "Print one JSON document a line, one line a run." };
    private static readonly Option<bool> s_csv = new("--csv") { Description = "Print comma-separated values; numbers raw." };
    private static readonly Option<bool> s_noColor = new("--no-color") { Description = "No colours and no live display." };

    public static void AddTo(Command command)
    {
        command.Add(s_json);
        command.Add(s_ndjson);
        command.Add(s_csv);
        command.Add(s_noColor);
        command.Validators.Add(static result =>
        {
            if ((result.GetValue(s_json) ? 1 : 0) + (result.GetValue(s_ndjson) ? 1 : 0) + (result.GetValue(s_csv) ? 1 : 0) > 1)
            {
                result.AddError("--json, --ndjson and --csv: give one of them.");
            }
        });
    }

    public static OutputFormat Format(ParseResult parsed) =>
        parsed.GetValue(s_json) ? OutputFormat.Json : parsed.GetValue(s_ndjson) ? OutputFormat.Ndjson : parsed.GetValue(s_csv) ? OutputFormat.Csv : OutputFormat.Text;

    public static bool NoColor(ParseResult parsed) => parsed.GetValue(s_noColor) || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
}
