using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Components.Web;

namespace GpuMm.Dashboard.Live;

/// <summary>Keeps a page that fails from taking the others along, and opens it anew after a while.</summary>
public sealed class PageBoundary : ErrorBoundary, IDisposable
{
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(3);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopping;

    /// <summary>A boundary round a page that works so far.</summary>
    public PageBoundary()
    {
        _stopping = _stop.Token;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnErrorAsync(Exception exception)
    {
        await base.OnErrorAsync(exception); // It logs.
        _ = RecoverLaterAsync();
    }

    private async Task RecoverLaterAsync()
    {
        try
        {
            await Task.Delay(s_rest, _stopping);
            await InvokeAsync(Recover);
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }
}
