using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;

namespace GpuMm.Cli.League;

/// <summary>Tells on stderr how far a league is: one line that changes on a terminal, a line now and then elsewhere.</summary>
internal sealed class LeagueDisplay(bool noColor) : IProgress<(long Done, long All)>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly bool _isLive = !noColor && !Console.IsErrorRedirected;
    private readonly long _start = Stopwatch.GetTimestamp();
    private TimeSpan _last = TimeSpan.Zero;
    private bool _hasLine;

    public void Report((long Done, long All) value)
    {
        lock (_gate)
        {
            TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
            if (elapsed - _last < (_isLive ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(5)))
            {
                return;
            }

            _last = elapsed;
            double left = elapsed.TotalSeconds * (value.All - value.Done) / Math.Max(1, value.Done);
            string line = string.Create(
                CultureInfo.InvariantCulture, $"{100.0 * value.Done / value.All:0} % of {value.All:N0} requests played, about {left:0} s left");
            if (_isLive)
            {
                Console.Error.Write($"\r\u001b[2K{line}");
                _hasLine = true;
            }
            else
            {
                Console.Error.WriteLine($"gpumm: {line}");
            }
        }
    }

    public void Dispose()
    {
        if (_hasLine)
        {
            Console.Error.Write("\r\u001b[2K");
        }
    }
}
