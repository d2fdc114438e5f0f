using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using GpuMm.Backing;
using GpuMm.Cli.Machine;
using GpuMm.Primitives;
using GpuMm.Ranges;
using GpuMm.RenderLoop;
using GpuMm.Simulation;

namespace GpuMm.Cli.Demo;

/// <summary><c>gpumm demo</c>: a camera flies through a scene that does not fit into video memory.</summary>
internal static class DemoCommand
{
    private static readonly Option<SceneDescription?> s_scene = Named(
        "--scene", "The scene. Default: sponza.", SceneDescription.Find, SceneDescription.All.Select(static s => s.Name));

    private static readonly Option<MachineProfile?> s_machine = MachineOption.Create("The machine. Default: the scene's.", fallback: null);

    private static readonly Option<ulong?> s_vram = Size("--vram", "Video memory, such as 96MiB or 1.5GiB. Default: less than the scene needs.");

    private static readonly Option<ulong?> s_aperture = Size("--aperture", "AGP/GART aperture. Default: the scene's.");

    private static readonly Option<int> s_frames = Number(
        "--frames", $"Frames to draw, 1 to {DemoOptions.MaxFrames}.", 600, 1, DemoOptions.MaxFrames);

    private static readonly Option<long> s_seed = new("--seed")
    {
        Description = "Decides where materials are and what the CPU touches. Same seed, same result.",
        DefaultValueFactory = static _ => 1,
        HelpName = "number",
        CustomParser = static result => Whole(result, "--seed", 0, long.MaxValue),
    };

    private static readonly Option<BackingKind?> s_backing = new("--backing")
    {
        Description = "What is kept of the contents: every byte (bytes, the default), or 8 bytes per page (heads), much faster.",
        HelpName = "bytes|heads",
        CustomParser = static result => result.Tokens[0].Value.ToUpperInvariant() switch
        {
            "BYTES" => (BackingKind?)BackingKind.Bytes,
            "HEADS" => BackingKind.PageHeads,
            _ => Refuse<BackingKind?>(result, $"--backing {result.Tokens[0].Value}: give bytes or heads."),
        },
    };

    private static readonly Option<SpaceAllocatorKind?> s_allocator = new("--allocator")
    {
        Description = "Gives out video memory: range (best fit, the default), buddy (blocks of powers of two) or bins (constant time).",
        HelpName = "range|buddy|bins",
        CustomParser = static result => result.Tokens[0].Value.ToUpperInvariant() switch
        {
            "RANGE" => (SpaceAllocatorKind?)SpaceAllocatorKind.Range,
            "BUDDY" => SpaceAllocatorKind.Buddy,
            "BINS" => SpaceAllocatorKind.Bins,
            _ => Refuse<SpaceAllocatorKind?>(result, $"--allocator {result.Tokens[0].Value}: give range, buddy or bins."),
        },
    };

    private static readonly Option<string?> s_scenario = Named(
        "--scenario", "Instead of the flight, another client of the fault handler.",
        static name => ScenarioDemo.Names.FirstOrDefault(each => string.Equals(each, name, StringComparison.OrdinalIgnoreCase)), ScenarioDemo.Names);

    private static readonly Option<bool> s_json = new("--json") { Description = "Print one JSON document, nothing else." };

    private static readonly Option<bool> s_noColor = new("--no-color") { Description = "No colours and no live display." };

    public static Command Create()
    {
        Command command = new("demo", "Fly through a scene whose textures do not fit into video memory, and prove that every byte survives.")
        {
            s_scene, s_machine, s_vram, s_aperture, s_frames, s_seed, s_backing, s_allocator, s_scenario, s_json, s_noColor,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        if (parsed.GetValue(s_scenario) is { } scenario)
        {
            return RunScenario(parsed, scenario);
        }

        SceneDescription description = parsed.GetValue(s_scene) ?? SceneDescription.All[0];
        DemoOptions usual = DemoOptions.For(description);
        DemoOptions options = usual with
        {
            Machine = parsed.GetValue(s_machine) ?? usual.Machine,
            VramBytes = parsed.GetValue(s_vram) ?? usual.VramBytes,
            ApertureBytes = parsed.GetValue(s_aperture) ?? usual.ApertureBytes,
            Frames = parsed.GetValue(s_frames),
            Seed = (ulong)parsed.GetValue(s_seed),
            Backing = parsed.GetValue(s_backing) ?? usual.Backing,
            Allocator = parsed.GetValue(s_allocator) ?? usual.Allocator,
        };
        Scene scene = SceneLoader.Load(description, options.Seed);
        if (options.Problem(scene) is { } problem)
        {
            Console.Error.WriteLine($"gpumm: {problem}");
            return ExitCode.Usage;
        }

        try
        {
            Report(scene, options, parsed.GetValue(s_json), parsed.GetValue(s_noColor));
            return ExitCode.Ok;
        }
        catch (DemoFailedException failure)
        {
            Console.Error.WriteLine($"gpumm: the run failed: {failure.Message}");
            return ExitCode.Failed;
        }
    }

    private static int RunScenario(ParseResult parsed, string scenario)
    {
        Option[] flight = [s_scene, s_machine, s_vram, s_aperture, s_frames, s_seed, s_backing, s_allocator];
        if (Array.Find(flight, option => parsed.GetResult(option) is { Implicit: false }) is { } given)
        {
            Console.Error.WriteLine($"gpumm: {given.Name}: a scenario has no camera flight; leave {given.Name} or --scenario out.");
            return ExitCode.Usage;
        }

        return ScenarioDemo.Run(scenario, parsed.GetValue(s_json));
    }

    private static void Report(Scene scene, DemoOptions options, bool json, bool noColor)
    {
        long start = Stopwatch.GetTimestamp();
        DemoSummary summary = json ? DemoRun.Run(scene, options) : DemoDisplay.Run(scene, options, noColor);
        TimeSpan runTime = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        IReadOnlyList<DemoSummary> larger = WhatIf.MoreVram(scene, options);
        TimeSpan whatIfTime = Stopwatch.GetElapsedTime(start);
        if (json)
        {
            Console.Out.WriteLine(DemoJson.Write(scene, options, summary, larger));
        }
        else
        {
            DemoText.WriteSummary(Console.Out, summary, larger);
        }

        // Wall time differs from run to run, so it is a message, not a result.
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"gpumm: {summary.Frames} frames in {runTime.TotalSeconds:0.00} s ({summary.Frames / runTime.TotalSeconds:0} per second, start-up and proof included); {larger.Count} reruns in {whatIfTime.TotalSeconds:0.00} s"));
    }

    private static Option<T?> Named<T>(
        string name, string description, Func<string, T?> find, IEnumerable<string> names)
        where T : class => new(name)
        {
            Description = description,
            HelpName = string.Join('|', names),
            CustomParser = result => find(result.Tokens[0].Value) ??
                Refuse<T?>(result, $"{name} {result.Tokens[0].Value}: there is no such {name[2..]}; give {Names(names)}."),
        };

    private static Option<ulong?> Size(string name, string description) => new(name)
    {
        HelpName = "size",
        Description = description,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            return !ByteSize.TryParse(text, out ulong sizeBytes) ? Refuse<ulong?>(result, $"{name} {text}: that is no size; give one such as 96MiB or 1.5GiB.")
                : sizeBytes == 0 ? Refuse<ulong?>(result, $"{name} {text}: nothing fits into no memory; give a size such as 96MiB.")
                : sizeBytes;
        },
    };

    private static Option<int> Number(string name, string description, int fallback, int least, int most) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => fallback,
        HelpName = "number",
        CustomParser = result => (int)Whole(result, name, least, most),
    };

    private static long Whole(ArgumentResult result, string name, long least, long most)
    {
        string text = result.Tokens[0].Value;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : Refuse<long>(result, $"{name} {text}: give a whole number from {least} to {most}.");
    }

    private static T Refuse<T>(ArgumentResult result, string message)
    {
        result.AddError(message);
        return default!;
    }

    private static string Names(IEnumerable<string> names) => string.Join(" or ", names);
}
