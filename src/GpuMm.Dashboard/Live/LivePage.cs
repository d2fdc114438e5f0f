using System;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Views;
using Microsoft.AspNetCore.Components;

namespace GpuMm.Dashboard.Live;

/// <summary>A page that reads the device several times a second, and draws when it has.</summary>
/// <remarks>Reads are answered from views that are made at most 20 times a second for all viewers together. A page whose browser
/// is slow is not drawn again before it has shown the last picture, so it costs less, not more.</remarks>
public abstract class LivePage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>The devices.</summary>
    [Inject]
    public required IGpuMmProvider Provider { get; set; }

    /// <summary>What this viewer looks at.</summary>
    [Inject]
    public required ViewState State { get; set; }

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
        Read();
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
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (!State.IsPaused)
                {
                    Read();
                    StateHasChanged();
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
        if (disposing)
        {
            State.Changed -= OnStateChanged;
            _stop.Cancel();
            _stop.Dispose();
        }
    }

    private void OnStateChanged(object? sender, EventArgs e) => _ = InvokeAsync(() =>
    {
        Read();
        StateHasChanged();
    });
}
