using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using GpuMm.Backing;
using GpuMm.Cli.Vulkan;
using GpuMm.RenderLoop;
using GpuMm.RenderLoop.Matrix;
using GpuMm.RenderLoop.Workloads;
using GpuMm.Traces;
using GpuMm.Traces.Model;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Mirror;

namespace GpuMm.Cli.Demo;

/// <summary><c>gpumm demo</c>: a workload runs on a machine whose video memory is too small; alone, or as a what-if.</summary>
internal static class DemoCommand
{
    // Keeping every byte of more than this takes long and much memory.
    private const ulong BytesBackingLimit = 2ul << 30;

    public static Command Create()
    {
        Command command = new("demo", "Fly through a scene whose textures do not fit into video memory, prove that every byte survives, and say what each stutter waited for.");
        foreach (Option option in DemoCliOptions.All)
        {
            command.Add(option);
        }

        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        if (parsed.GetValue(DemoCliOptions.Scenario) is { } scenario)
        {
            return RunScenario(parsed, scenario);
        }

        DemoOptions options = Options(parsed, out string? note);
        if (parsed.GetValue(DemoCliOptions.Trace) is { } trace)
        {
            if (OpenRecording(trace, out string? unread) is not { } recording)
            {
                return Usage(unread!);
            }

            // A recording is as long as it is; --frames cuts it off.
            bool isCut = parsed.GetResult(DemoCliOptions.Frames) is { Implicit: false };
            options = options with { Recording = recording, Frames = isCut ? options.Frames : FramesOf(recording.Facts) };
        }

        MatrixAxes axes = Axes(parsed, options);
        bool isWhatIf = IsWhatIf(parsed);
        Scene scene = SceneLoader.Load(options.Scene, options.Seed, options.Scale);
        options = options with
        {
            Backing = parsed.GetValue(DemoCliOptions.Backing) ?? (scene.TotalBytes > BytesBackingLimit ? BackingKind.PageHeads : BackingKind.Bytes),
        };
        if (DemoMirror.Problem(parsed, options, isWhatIf) is { } refused)
        {
            return Usage(refused);
        }

        if (isWhatIf)
        {
            return parsed.GetValue(DemoCliOptions.Record) is not null
                ? Usage("--record: a what-if is many runs; give one value of each option.")
                : MatrixCommand.Run(parsed, scene, options, axes, note);
        }

        if (parsed.GetValue(DemoCliOptions.Render) is null && parsed.GetResult(DemoCliOptions.RenderEvery) is { Implicit: false })
        {
            return Usage("--render-every: say where the pictures go, too: --render FOLDER.");
        }

        options = axes.Series()[0].Apply(options, axes.VramBytes[0]);
        if (options.Problem(scene) is { } problem)
        {
            return Usage(problem);
        }

        try
        {
            Report(parsed, scene, options);
            return ExitCode.Ok;
        }
        catch (MirrorUnavailableException missing)
        {
            Console.Error.WriteLine($"gpumm: {missing.Message}");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("gpumm: interrupted; what was on the device was given back.");
            return ExitCode.Failed;
        }
        catch (Exception failure) when (failure is DemoFailedException or MirrorFailedException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"gpumm: the run failed: {failure.Message}");
            return ExitCode.Failed;
        }
    }

    private static int RunScenario(ParseResult parsed, string scenario)
    {
        foreach (Option option in DemoCliOptions.All)
        {
            if (option != DemoCliOptions.Scenario && option != DemoCliOptions.Json && option != DemoCliOptions.NoColor &&
                parsed.GetResult(option) is { Implicit: false })
            {
                return Usage($"{option.Name}: a scenario has no camera flight; leave {option.Name} or --scenario out.");
            }
        }

        return ScenarioDemo.Run(scenario, parsed.GetValue(DemoCliOptions.Json));
    }

    private static Recording? OpenRecording(string path, out string? problem)
    {
        problem = null;
        try
        {
            using ITraceReader reader = TraceFiles.Open(path);
            RecordingFacts facts = RecordingFacts.Read(Path.GetFileName(path), reader);
            if (facts.Objects == 0)
            {
                problem = $"--trace {path}: it creates no object, so there is nothing to do again; give a recording of a memory manager.";
                return null;
            }

            return new Recording(facts, () => TraceFiles.Open(path));
        }
        catch (TraceFormatException failure)
        {
            problem = $"--trace {failure.Message}";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problem = $"--trace {path}: {failure.Message.TrimEnd('.')}; give a file that can be read.";
        }

        return null;
    }

    private static int FramesOf(RecordingFacts facts) => (int)Math.Clamp(
        facts.Boundary switch
        {
            FrameBoundary.FrameMark => facts.FrameMarks + 1,
            FrameBoundary.Job => facts.Jobs + 1,
            _ => (facts.DurationNs / 16_666_667) + 2,
        },
        1,
        DemoOptions.MaxFrames);

    private static int Usage(string problem)
    {
        Console.Error.WriteLine($"gpumm: {problem}");
        return ExitCode.Usage;
    }

    private static bool IsWhatIf(ParseResult parsed) =>
        parsed.GetValue(DemoCliOptions.Vram) is { Count: > 1 } || parsed.GetValue(DemoCliOptions.Link) is { Count: > 1 } ||
        parsed.GetValue(DemoCliOptions.Bar) is { Count: > 1 } || parsed.GetValue(DemoCliOptions.Policy) is { Count: > 1 } ||
        parsed.GetValue(DemoCliOptions.Plot) is not null;

    private static MatrixAxes Axes(ParseResult parsed, DemoOptions options) => new()
    {
        VramBytes = parsed.GetValue(DemoCliOptions.Vram) ?? [options.VramBytes],
        Links = parsed.GetValue(DemoCliOptions.Link) ?? [new LinkChoice(options.Machine.Link.Name, null)],
        BarBytes = parsed.GetValue(DemoCliOptions.Bar) ?? [null],
        Policies = parsed.GetValue(DemoCliOptions.Policy) ?? [DemoOptions.PolicyNames[0]],
    };

    private static DemoOptions Options(ParseResult parsed, out string? note)
    {
        note = null;
        SceneDescription? description = parsed.GetValue(DemoCliOptions.Scene);
        int? scale = parsed.GetValue(DemoCliOptions.Scale);
        ulong largest = parsed.GetValue(DemoCliOptions.Vram)?[^1] ?? 0;
        if (description is null && scale is null && IsWhatIf(parsed) && largest > GibibyteScene.LeastBytes)
        {
            description = GibibyteScene.Description;
            scale = GibibyteScene.ScaleFor(largest);
            note = $"Sizes of GiB need a large scene: {scale} copies of the {description.Name} list were taken. --scene and --scale choose another.";
        }

        DemoOptions usual = DemoOptions.For(description ?? SceneDescription.All[0]);
        return usual with
        {
            Machine = parsed.GetValue(DemoCliOptions.Machine) ?? usual.Machine,
            ApertureBytes = parsed.GetValue(DemoCliOptions.Aperture) ?? Math.Max(usual.ApertureBytes, note is null ? 0 : GibibyteScene.ApertureBytes),
            Scale = scale ?? 1,
            Frames = parsed.GetValue(DemoCliOptions.Frames),
            Seed = (ulong)parsed.GetValue(DemoCliOptions.Seed),
            Allocator = parsed.GetValue(DemoCliOptions.Allocator),
            Workload = parsed.GetValue(DemoCliOptions.Workload),
            Upload = parsed.GetValue(DemoCliOptions.Upload),
            StreamBudgetBytes = parsed.GetValue(DemoCliOptions.Stream),
            Buffers = parsed.GetValue(DemoCliOptions.Buffers),
            Vsync = parsed.GetValue(DemoCliOptions.Vsync),
            RefreshHz = parsed.GetValue(DemoCliOptions.Hz),
        };
    }

    private static void Report(ParseResult parsed, Scene scene, DemoOptions options)
    {
        bool json = parsed.GetValue(DemoCliOptions.Json);
        long start = Stopwatch.GetTimestamp();
        using FramePictures? pictures = parsed.GetValue(DemoCliOptions.Render) is { } folder
            ? new FramePictures(scene, options, folder, parsed.GetValue(DemoCliOptions.RenderEvery))
            : null;
        using DemoMirror? mirror = DemoMirror.Create(parsed, scene);
        if (mirror is not null)
        {
            options = mirror.Apply(options, out string? fitted);
            Console.Error.Write(fitted is null ? "" : $"gpumm: {fitted}\n");
        }

        using DemoRecording? recording = DemoRecording.Create(parsed.GetValue(DemoCliOptions.Record), ref options);
        DemoReport report = json
            ? DemoDisplay.RunSilent(scene, options, pictures, mirror)
            : DemoDisplay.Run(scene, options, parsed.GetValue(DemoCliOptions.NoColor), pictures, mirror);
        recording?.Complete();
        TimeSpan runTime = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        IReadOnlyList<DemoSummary> larger = options.Workload == WorkloadKind.FlyThrough ? WhatIf.MoreVram(scene, options) : [];
        TimeSpan whatIfTime = Stopwatch.GetElapsedTime(start);
        if (json)
        {
            Console.Out.WriteLine(DemoJson.Write(scene, options, report, larger, mirror?.Report));
        }
        else
        {
            DemoText.WriteSummary(Console.Out, options, report, larger);
            mirror?.Write(Console.Out);
        }

        // Wall time differs from run to run, so it is a message, not a result.
        int frames = report.Summary.Frames;
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"gpumm: {frames} frames in {runTime.TotalSeconds:0.00} s ({frames / runTime.TotalSeconds:0} per second, start-up and proof included); {larger.Count} reruns in {whatIfTime.TotalSeconds:0.00} s"));
        if (pictures is not null)
        {
            Console.Error.WriteLine($"gpumm: {pictures.Count} pictures in {pictures.Folder}");
        }
    }
}
