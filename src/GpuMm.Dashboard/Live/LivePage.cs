using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Logging;

namespace GpuMm.Dashboard.Live;

/// <summary>A page that reads the device several times a second, and draws when it has.</summary>
/// <remarks>Reads are answered from views that are made at most 20 times a second for all viewers together. A page rests at least
/// <see cref="ReadRest"/> times as long as its read took, so that a viewer costs the service little however many objects there
/// are, and <see cref="ShowRest"/> times as long as its browser took to show the last picture, so that a slow one is asked less
/// often. While nobody can see the page nothing is read, drawn or sent. A read that fails leaves the last picture, says so above
/// it, and is tried again with the next one.</remarks>
public abstract partial class LivePage : ComponentBase, IDisposable
{
    /// <summary>How many times as long as a read took the page rests after it: 2 % of a core at most.</summary>
    public const int ReadRest = 50;

    /// <summary>How many times as long as showing took the page rests after it.</summary>
    public const int ShowRest = 3;

    private static readonly TimeSpan s_longestRest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopping;
    private TaskCompletionSource? _shown;
    private TimeSpan _readTime;

    /// <summary>A page that reads nothing yet.</summary>
    protected LivePage()
    {
        // Asked for later it may be gone: a page can be left while it is drawn for the first time.
        _stopping = _stop.Token;
    }

    /// <summary>The devices.</summary>
    [Inject]
    public required IGpuMmProvider Provider { get; set; }

    /// <summary>What this viewer looks at.</summary>
    [Inject]
    public required ViewState State { get; set; }

    /// <summary>Where it says what went wrong.</summary>
    [Inject]
    public required ILogger<LivePage> Logger { get; set; }

    /// <summary>The view of the device that is shown.</summary>
    protected DeviceSnapshotService View => Provider.ViewOf(State.Device);

    /// <summary>Shortest time between two reads; at least 50 ms.</summary>
    protected virtual TimeSpan Period => TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads what the page shows.</summary>
    protected abstract void Read();

    /// <summary>How long the page rests before it reads again.</summary>
    /// <param name="period">Shortest rest.</param>
    /// <param name="readTime">How long the last read took.</param>
    /// <param name="showTime">How long the browser took to show what was read.</param>
    public static TimeSpan RestAfter(TimeSpan period, TimeSpan readTime, TimeSpan showTime) =>
        TimeSpan.FromTicks(Math.Max(period.Ticks, Math.Min(s_longestRest.Ticks, Math.Max(readTime.Ticks * ReadRest, showTime.Ticks * ShowRest))));

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        State.Changed += OnStateChanged;
        TryRead();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        _shown?.TrySetResult(); // The browser has said that it shows the picture.
        if (!firstRender)
        {
            return;
        }

        try
        {
            TimeSpan rest = RestAfter(Period, _readTime, default);
            while (true)
            {
                await Task.Delay(rest, _stopping);
                if (!State.IsPaused && !State.IsHidden)
                {
                    rest = RestAfter(Period, _readTime, await RefreshAsync());
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    /// <summary>Ends reading.</summary>
    /// <param name="disposing">Whether the page is left.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing && !_stopping.IsCancellationRequested)
        {
            State.Changed -= OnStateChanged;
            _stop.Cancel();
            _stop.Dispose();
        }
    }

    private void Refresh()
    {
        TryRead();
        StateHasChanged();
    }

    private async Task<TimeSpan> RefreshAsync()
    {
        _shown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Refresh();
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAny(_shown.Task, Task.Delay(s_patience, _stopping));
        return Stopwatch.GetElapsedTime(start);
    }

#pragma warning disable CA1031 // Whatever fails is shown and logged; the page goes on with what it has.
    private void TryRead()
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            Read();
            State.Report(null);
        }
        catch (Exception failure)
        {
            if (State.Problem is null)
            {
                LogFailed(Logger, failure, GetType().Name);
            }

            State.Report(failure.Message);
        }

        _readTime = Stopwatch.GetElapsedTime(start);
    }
#pragma warning restore CA1031

    private void OnStateChanged(object? sender, EventArgs e)
    {
        if (!State.IsHidden)
        {
            _ = InvokeAsync(Refresh);
        }
    }

    [LoggerMessage(EventId = 3102, Level = LogLevel.Error, Message = "The page {Page} could not be refreshed; it is tried again.")]
    private static partial void LogFailed(ILogger logger, Exception failure, string page);
}
