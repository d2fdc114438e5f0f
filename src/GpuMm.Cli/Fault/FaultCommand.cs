using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using GpuMm.Cli.Demo;
using GpuMm.Cli.Machine;
using GpuMm.Paging;
using GpuMm.Simulation;

namespace GpuMm.Cli.Fault;

/// <summary><c>gpumm fault explain</c>: one access, step by step.</summary>
internal static class FaultCommand
{
    private const string DefaultMachine = "agp8x";

    private static readonly FaultJsonContext s_context = new(
        new JsonSerializerOptions(FaultJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static readonly Option<FaultCase?> s_case = OptionParsers.Choice<FaultCase?>(
        "--case", $"What the access meets. Default: {NameOf(default(FaultCase))}.", [.. Enum.GetValues<FaultCase>().Select(static value => (NameOf(value), (FaultCase?)value))]);

    private static readonly Option<AccessKind?> s_access = OptionParsers.Choice<AccessKind?>(
        "--access", $"What the program does. Default: {NameOf(default(AccessKind))}.", [.. Enum.GetValues<AccessKind>().Select(static value => (NameOf(value), (AccessKind?)value))]);

    private static readonly Option<MachineProfile?> s_machine = MachineOption.Create($"The machine. Default: {DefaultMachine}.");

    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON document, nothing else." };

    public static Command Create()
    {
        Command explain = new("explain", "Tell one access step by step: area, lock, fence, entries, cost.") { s_case, s_access, s_machine, s_json };
        explain.SetAction(Run);
        return new Command("fault", "Look into the fault handler.") { explain };
    }

    public static string NameOf<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static int Run(ParseResult parsed)
    {
        FaultStory story = FaultTheatre.Play(
            parsed.GetValue(s_case) ?? FaultCase.Touch,
            parsed.GetValue(s_access) ?? AccessKind.Read,
            parsed.GetValue(s_machine) ?? MachineProfile.Find(DefaultMachine)!);
        if (parsed.GetValue(s_json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(story, s_context.FaultStory));
        }
        else
        {
            Write(Console.Out, story);
        }

        return ExitCode.Ok;
    }

    private static void Write(TextWriter output, FaultStory story)
    {
        output.WriteLine($"{story.Setting} The program wants to {story.Access} at {story.Address}. Machine: {story.Machine}.");
        output.WriteLine();
        int number = 0;
        foreach (FaultStoryStep step in story.Steps)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{++number,3}. {step.SimNs - story.Steps[0].SimNs,12:N0} ns  {step.Text}"));
        }

        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{story.Status}. Attempts: {story.Attempts}. Pages shown: {story.PagesInserted}. Simulated cost: {story.CostSimNs:N0} ns, the access itself included."));
    }
}
