using System;
using System.Diagnostics;
using System.Globalization;
using GpuMm.Lab.Sweep;
using Spectre.Console;

namespace GpuMm.Cli.Sweep;

/// <summary>Tells how far a sweep is, on stderr: one line that changes on a terminal, a line now and then elsewhere.</summary>
internal sealed class SweepDisplay : IDisposable
{
    private const int BarWidth = 30;
    private static readonly TimeSpan s_liveEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_plainEvery = TimeSpan.FromSeconds(5);

    private readonly bool _isLive;
    private long _last;
    private bool _hasLine;

    public SweepDisplay(bool noColor)
    {
        _isLive = !noColor && !Console.IsErrorRedirected && AnsiConsole.Profile.Capabilities.Ansi;
    }

    public void Tell(SweepProgress progress)
    {
        bool isEnd = progress.Left == 0;
        if (!isEnd && _last != 0 && Stopwatch.GetElapsedTime(_last) < (_isLive ? s_liveEvery : s_plainEvery))
        {
            return;
        }

        _last = Stopwatch.GetTimestamp();
        if (_isLive)
        {
            Console.Error.Write($"\r\u001b[2K{Bar(progress)} {Line(progress)}");
            _hasLine = true;
        }
        else
        {
            Console.Error.WriteLine($"gpumm: {Line(progress)}");
        }
    }

    public void Dispose()
    {
        if (_hasLine)
        {
            Console.Error.WriteLine();
        }
    }

    private static string Line(SweepProgress progress)
    {
        string remaining = progress.Left == 0 ? "" : progress.Remaining is { } left ? string.Create(CultureInfo.InvariantCulture, $", about {Span(left)} left") : "";
        string known = progress.Known > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({progress.Known} stored before)") : "";
        string failed = progress.Failed > 0 ? string.Create(CultureInfo.InvariantCulture, $", {progress.Failed} failed") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{progress.Known + progress.Done} of {progress.Total} runs{known}{failed}, {Span(progress.Elapsed)}{remaining}");
    }

    private static string Span(TimeSpan span) => span.TotalMinutes >= 100
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.0} h")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes}:{span.Seconds:00}");

    // Filled and hollow blocks: the bar reads without colours.
    private static string Bar(SweepProgress progress)
    {
        int filled = progress.Total == 0 ? BarWidth : (int)((long)(progress.Known + progress.Done) * BarWidth / progress.Total);
        return new string('█', filled) + new string('░', BarWidth - filled);
    }
}
