using System;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Logging;

namespace GpuMm.Dashboard.Live;

/// <summary>A page that reads the device several times a second, and draws when it has.</summary>
/// <remarks>Reads are answered from views that are made at most 20 times a second for all viewers together. A page whose browser
/// is slow is not drawn again before it has shown the last picture, so it costs less, not more. A read that fails leaves the last
/// picture, says so above it, and is tried again with the next tick.</remarks>
public abstract partial class LivePage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopping;

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

    /// <summary>Time between two reads; at least 50 ms.</summary>
    protected virtual TimeSpan Period => TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads what the page shows.</summary>
    protected abstract void Read();

    /// <summary>Called after each picture, for what is drawn by script.</summary>
    protected virtual Task DrawAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        State.Changed += OnStateChanged;
        TryRead();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        await DrawAsync();
        using PeriodicTimer timer = new(Period);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping))
            {
                if (!State.IsPaused)
                {
                    Refresh();
                    await DrawAsync();
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

#pragma warning disable CA1031 // Whatever fails is shown and logged; the page goes on with what it has.
    private void TryRead()
    {
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
    }
#pragma warning restore CA1031

    private void OnStateChanged(object? sender, EventArgs e) => _ = InvokeAsync(Refresh);

    [LoggerMessage(EventId = 3102, Level = LogLevel.Error, Message = "The page {Page} could not be refreshed; it is tried again.")]
    private static partial void LogFailed(ILogger logger, Exception failure, string page);
}
