using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using GpuMm.Cli.Demo;
using GpuMm.Lab.Race;

namespace GpuMm.Cli.Race;

/// <summary><c>gpumm race</c>: every interleaving of a fault and a move, for each contract that fault handlers ever had.</summary>
internal static class RaceCommand
{
    private static readonly Option<RaceContract?> s_contract = OptionParsers.Choice<RaceContract?>(
        "--contract", "Only this contract of the fault handler.", [.. Enum.GetValues<RaceContract>().Select(static value => (RaceTable.NameOf(value), (RaceContract?)value))]);

    private static readonly Option<MoverOrder?> s_order = OptionParsers.Choice<MoverOrder?>(
        "--order", "Only this order of the mover's steps.", [.. Enum.GetValues<MoverOrder>().Select(static value => (RaceTable.NameOf(value), (MoverOrder?)value))]);

    private static readonly Option<bool> s_variants = new("--variants")
    {
        Description = "Instead of the table: single mistakes and their remedies, with more threads, prefault, copy engine, munmap.",
    };

    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON document, nothing else." };

    public static Command Create()
    {
        Command command = new("race", "Explore every interleaving of fault and move: which contracts leave stale entries or lose writes, and how.")
        {
            s_contract, s_order, s_variants, s_json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        RaceContract? contract = parsed.GetValue(s_contract);
        MoverOrder? order = parsed.GetValue(s_order);
        bool variants = parsed.GetValue(s_variants);
        if (variants && (contract is not null || order is not null))
        {
            Console.Error.WriteLine($"gpumm: --variants: each variant has its own contract and order; leave {(contract is not null ? "--contract" : "--order")} out.");
            return ExitCode.Usage;
        }

        IEnumerable<RaceScenario> scenarios = variants ? RaceVariants.All : RaceTable.All.Where(
            cell => (contract ?? cell.Contract) == cell.Contract && (order ?? cell.Order) == cell.Order);
        List<RaceResult> results = [.. scenarios.Select(RaceLab.Explore)];
        if (parsed.GetValue(s_json))
        {
            Console.Out.WriteLine(RaceJson.Write(results));
        }
        else
        {
            RaceText.Write(Console.Out, results, variants);
        }

        return Broken(results) ? ExitCode.Failed : ExitCode.Ok;
    }

    // The rooms below promise which scenarios are clean; a broken promise is a failed run, not a finding.
    private static bool Broken(List<RaceResult> results)
    {
        RaceResult? broken = results.Find(static result => !result.IsAsPromised);
        if (broken is not null)
        {
            Console.Error.WriteLine($"gpumm: the run failed: {broken.Scenario.Name} must {(broken.Scenario.MustBeClean ? "have no bad schedule" : "show a bad schedule")}, and does not.");
        }

        return broken is not null;
    }
}
