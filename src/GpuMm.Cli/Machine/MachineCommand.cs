using System;
using System.CommandLine;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using GpuMm.Simulation;

namespace GpuMm.Cli.Machine;

/// <summary><c>gpumm machine</c>: the machines that are built in, and what their figures rest on.</summary>
internal static class MachineCommand
{
    private static readonly MachineJsonContext s_context = new(
        new JsonSerializerOptions(MachineJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON document, nothing else." };

    private static readonly Argument<MachineProfile?> s_which = new("machine")
    {
        Description = "A name that `gpumm machine list` shows, or a file.",
        HelpName = "name|file.json",
        CustomParser = static result => MachineOption.Parse(result, ""),
    };

    public static Command Create()
    {
        Command list = new("list", "Every built-in machine, one a line.") { s_json };
        list.SetAction(List);
        Command show = new("show", "One machine: each figure, and where it comes from. With --json it prints a file to start one of your own from.")
        {
            s_which, s_json,
        };
        show.SetAction(Show);
        return new Command("machine", "The machines that runs can be timed on.") { list, show };
    }

    private static int List(ParseResult parsed)
    {
        if (parsed.GetValue(s_json))
        {
            MachineListDocument document = new() { SchemaVersion = 1, Machines = [.. MachineProfiles.All.Select(MachineListRow.Of)] };
            Console.Out.WriteLine(JsonSerializer.Serialize(document, s_context.MachineListDocument));
            return ExitCode.Ok;
        }

        MachineText.WriteList(Console.Out);
        return ExitCode.Ok;
    }

    private static int Show(ParseResult parsed)
    {
        MachineProfile profile = parsed.GetValue(s_which)!;
        if (parsed.GetValue(s_json))
        {
            Console.Out.WriteLine(profile.ToJson());
            return ExitCode.Ok;
        }

        MachineText.WriteOne(Console.Out, profile);
        return ExitCode.Ok;
    }
}
