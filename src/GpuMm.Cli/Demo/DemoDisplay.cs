using System;
using System.Diagnostics;
using System.Globalization;
using GpuMm.Cli.Vulkan;
using GpuMm.Primitives;
using GpuMm.RenderLoop;
using Spectre.Console;

namespace GpuMm.Cli.Demo;

/// <summary>Shows a run while it goes on: live on a terminal, a few plain lines elsewhere.</summary>
internal static class DemoDisplay
{
    private const int PlainLines = 10;
    private const int BarWidth = 40;
    private static readonly TimeSpan s_refresh = TimeSpan.FromMilliseconds(50);

    public static DemoReport Run(Scene scene, DemoOptions options, bool noColor, FramePictures? pictures, DemoMirror? mirror)
    {
        bool isLive = !noColor && !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive;
        Console.Out.WriteLine(DemoText.Heading(scene, options));
        return isLive ? RunLive(scene, options, pictures, mirror) : RunPlain(scene, options, pictures, mirror);
    }

    public static DemoReport RunSilent(Scene scene, DemoOptions options, FramePictures? pictures, DemoMirror? mirror) =>
        Loop(scene, options, pictures, mirror, static _ => { });

    private static DemoReport RunPlain(Scene scene, DemoOptions options, FramePictures? pictures, DemoMirror? mirror)
    {
        int every = Math.Max(1, options.Frames / PlainLines);
        return Loop(scene, options, pictures, mirror, progress =>
        {
            if (progress.Frame % every == 0)
            {
                Console.Out.WriteLine(DemoText.Line(progress));
            }
        });
    }

    private static DemoReport RunLive(Scene scene, DemoOptions options, FramePictures? pictures, DemoMirror? mirror)
    {
        DemoReport? report = null;
        AnsiConsole.Live(new Text("")).AutoClear(false).Start(live =>
        {
            long last = 0;
            report = Loop(scene, options, pictures, mirror, progress =>
            {
                if (Stopwatch.GetElapsedTime(last) >= s_refresh || progress.Frame == options.Frames)
                {
                    last = Stopwatch.GetTimestamp();
                    live.UpdateTarget(Picture(options, progress));
                    live.Refresh();
                }
            });
        });
        return report!;
    }

    private static DemoReport Loop(Scene scene, DemoOptions options, FramePictures? pictures, DemoMirror? mirror, Action<DemoProgress> show)
    {
        using DemoRun run = new(scene, options);
        while (!run.IsOver)
        {
            run.DrawFrame();
            pictures?.AfterFrame(run);
            mirror?.AfterFrame(run);
            show(run.Progress());
        }

        DemoReport report = run.Finish();
        mirror?.Finish();
        return report;
    }

    private static Grid Picture(DemoOptions options, in DemoProgress progress)
    {
        bool stutters = progress.FrameTime.Nanoseconds > options.StutterLimitNs;
        Grid grid = new Grid().AddColumn(new GridColumn().Width(10)).AddColumn();
        grid.AddRow(new Text("frame"), new Markup(string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Frame} of {options.Frames}   [{(stutters ? "red" : "green")}]{progress.FrameTime.Milliseconds:0.00} ms[/]")));
        grid.AddRow(new Text("VRAM"), Bar(progress.VramUsedBytes, options.VramBytes, "blue"));
        grid.AddRow(new Text("aperture"), Bar(progress.ApertureUsedBytes, options.ApertureBytes, "yellow"));
        grid.AddRow(new Text("system"), new Text(ByteSize.Format(progress.SystemUsedBytes)));
        grid.AddRow(new Text("moved"), new Text(string.Create(
            CultureInfo.InvariantCulture,
            $"{ByteSize.Format((ulong)progress.MovedBytes)}   evictions {progress.Evictions:N0}   faults {progress.Faults:N0}")));
        return grid;
    }

    // Filled and hollow blocks: the bar reads without colours too.
    private static Markup Bar(ulong usedBytes, ulong totalBytes, string color)
    {
        int filled = (int)(usedBytes * BarWidth / totalBytes);
        return new Markup(
            $"[{color}]{new string('█', filled)}[/]{new string('░', BarWidth - filled)} {ByteSize.Format(usedBytes)} of {ByteSize.Format(totalBytes)}");
    }
}
