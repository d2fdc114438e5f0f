using System;
using System.Diagnostics;
using System.Globalization;

namespace GpuMm.Cli.Trace;

/// <summary>How far long work is, on stderr: a line that is rewritten for people, a line now and then for logs.</summary>
internal sealed class TraceProgress
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly bool _isLive = !Console.IsErrorRedirected;
    private readonly string _what;
    private double _nextSeconds;
    private bool _hasLine;

    public TraceProgress(string what)
    {
        _what = what;
        _nextSeconds = _isLive ? 0.5 : 10;
    }

    public void Report(double done)
    {
        double seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        if (seconds < _nextSeconds)
        {
            return;
        }

        _nextSeconds = seconds + (_isLive ? 0.2 : 10);
        string left = done > 0.01 ? string.Create(CultureInfo.InvariantCulture, $", {seconds * (1 - done) / done:0} s left") : "";
        string line = string.Create(CultureInfo.InvariantCulture, $"{_what} {done * 100:0.0} %{left}");
        Console.Error.Write(_isLive ? $"\r{line}    " : line + "\n");
        _hasLine = _isLive;
    }

    public void Done()
    {
        if (_hasLine)
        {
            Console.Error.Write("\r" + new string(' ', 60) + "\r");
        }
    }
}
