using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using GpuMm.Primitives;
using GpuMm.RenderLoop;
using GpuMm.RenderLoop.Matrix;
using Spectre.Console;

namespace GpuMm.Cli.Demo;

/// <summary><c>gpumm demo</c> with several values: every combination is run, and each line's knee is named.</summary>
internal static class MatrixCommand
{
    private const int PlainLines = 10;

    public static int Run(ParseResult parsed, Scene scene, DemoOptions options, MatrixAxes axes, string? note)
    {
        bool json = parsed.GetValue(DemoCliOptions.Json);
        string? plot = parsed.GetValue(DemoCliOptions.Plot);
        using CancellationTokenSource stop = new();
        Progress progress = new(axes.RunCount, parsed.GetValue(DemoCliOptions.NoColor));
        MatrixRunner runner = new(scene, options, axes, progress.Report);
        if (Problem(parsed, runner, plot) is { } problem)
        {
            Console.Error.WriteLine($"gpumm: {problem}");
            return ExitCode.Usage;
        }

        ConsoleCancelEventHandler cancel = (_, e) =>
        {
            e.Cancel = true;
            stop.Cancel();
        };
        Console.CancelKeyPress += cancel;
        long start = Stopwatch.GetTimestamp();
        try
        {
            Say(note);
            Say(Doubt(scene, options, axes));
            IReadOnlyList<MatrixSeries> series = progress.Watch(() => runner.Run(!parsed.GetValue(DemoCliOptions.NoRefine), stop.Token));
            Console.Out.WriteLine(json ? MatrixJson.Write(scene, options, series) : MatrixText.Write(scene, options, axes, series));
            if (plot is not null)
            {
                WhatIfPlot.Save(plot, scene, options, axes, series);
                Console.Error.WriteLine($"gpumm: plot in {plot}");
            }

            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"gpumm: {progress.Done} runs of {options.Frames} frames in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s on {Environment.ProcessorCount} processors"));
            return ExitCode.Ok;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("gpumm: stopped; nothing was written.");
            return ExitCode.Failed;
        }
        catch (Exception failure) when (failure is DemoFailedException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"gpumm: the run failed: {failure.Message}");
            return ExitCode.Failed;
        }
        finally
        {
            Console.CancelKeyPress -= cancel;
        }
    }

    private static string? Problem(ParseResult parsed, MatrixRunner runner, string? plot)
    {
        if (parsed.GetValue(DemoCliOptions.Render) is not null)
        {
            return "--render: pictures are of one run; give one value of --vram, --link, --bar and --policy, and no --plot.";
        }

        if (plot is not null && Path.GetDirectoryName(Path.GetFullPath(plot)) is { } folder && !Directory.Exists(folder))
        {
            return $"--plot {plot}: there is no folder {folder}; make it first.";
        }

        return runner.Problem();
    }

    private static string? Doubt(Scene scene, DemoOptions options, MatrixAxes axes) =>
        scene.TotalBytes <= axes.VramBytes[0] && options.Workload != WorkloadKind.AltTab && options.Recording is null
            ? $"The whole scene ({ByteSize.Format(scene.TotalBytes)}) fits into the smallest size; nothing will be evicted. --scale makes the scene larger."
            : null;

    private static void Say(string? text)
    {
        if (text is not null)
        {
            Console.Error.WriteLine($"gpumm: {text}");
        }
    }

    // A bar on a terminal; elsewhere at most ten lines. On stderr, because stdout is for the result.
    private sealed class Progress(int planned, bool noColor)
    {
        private readonly bool _isLive = !noColor && !Console.IsErrorRedirected && AnsiConsole.Profile.Capabilities.Interactive;
        private ProgressTask? _task;
        private int _told;

        public int Done { get; private set; }

        public T Watch<T>(Func<T> work)
        {
            if (!_isLive)
            {
                return work();
            }

            IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            return console.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new RemainingTimeColumn()).Start(live =>
            {
                _task = live.AddTask("runs", maxValue: planned);
                return work();
            });
        }

        public void Report(MatrixProgress progress)
        {
            Done = progress.Done;
            if (_task is not null)
            {
                _task.MaxValue = progress.Planned;
                _task.Value = progress.Done;
                _task.Description = Markup.Escape($"{progress.Done} of {progress.Planned}");
                return;
            }

            int tenth = progress.Done * PlainLines / progress.Planned;
            if (tenth > _told)
            {
                _told = tenth;
                Console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"gpumm: {progress.Done} of {progress.Planned} runs; last {progress.Series} at {ByteSize.Format(progress.VramBytes)}"));
            }
        }
    }
}
