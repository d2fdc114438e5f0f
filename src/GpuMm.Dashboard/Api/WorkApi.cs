using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using GpuMm.Dashboard.Api.Bodies;
using GpuMm.Fences;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace GpuMm.Dashboard.Api;

/// <summary>Work for the GPU, and waiting for it.</summary>
internal static class WorkApi
{
    private const int MaxWaitMs = 30_000;

    public static void Map(RouteGroupBuilder device)
    {
        RouteGroupBuilder client = device.MapGroup("/clients/{client:int}").WithTags("Work");
        client.MapPost("/submit", Submit).WithSummary("Queues a job: reserve all, validate each, queue it behind the moves, make them the youngest.")
            .ProducesProblem(StatusCodes.Status507InsufficientStorage);
        client.MapGet("/fences/{fence}", WaitAsync).WithSummary("Whether a job is done; with waitMs, waits for it that long.");
    }

    private static Accepted<FenceReply> Submit(ClientScope scope, SubmitRequest request)
    {
        if (request.Uses is null || request.Uses.Any(static use => use is null))
        {
            throw new ApiException(StatusCodes.Status400BadRequest, "uses must list the objects of the job; give [] for a job without any.");
        }

        if (!(request.GpuMicroseconds >= 0 && request.GpuMicroseconds <= GpuSession.MaxJobNs / 1000.0))
        {
            throw new ApiException(StatusCodes.Status400BadRequest, $"gpuMicroseconds is {request.GpuMicroseconds}; give 0 to {GpuSession.MaxJobNs / 1000}.");
        }

        SubmitUse[] uses = [.. request.Uses.Select(static use => new SubmitUse(use.Handle, use.ReadSize?.Bytes, use.IsWrite))];
        ApiException.ThrowIf(scope.Session.Submit(uses, (long)(request.GpuMicroseconds * 1000), out Fence fence));
        return TypedResults.Accepted($"fences/{fence.Seqno}", Reply(scope.Gpu, fence));
    }

    private static async Task<FenceReply> WaitAsync(ClientScope scope, ulong fence, int waitMs = 0, CancellationToken cancellationToken = default)
    {
        RealTimeDriver driver = scope.Gpu.Driver;
        if (fence == 0 || fence > driver.Render.Timeline.IssuedSeqno)
        {
            throw new ApiException(StatusCodes.Status404NotFound, $"Fence {fence} was never issued in this run of the service; work does not outlive it.");
        }

        if (waitMs is < 0 or > MaxWaitMs)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, $"waitMs is {waitMs}; give 0 to {MaxWaitMs}.");
        }

        Fence waited = new(driver.Render.Timeline, fence);
        long endNs = driver.ClockNs + (waitMs * 1_000_000L);
        while (!waited.IsSignaled)
        {
            driver.Pump();
            long nowNs = driver.ClockNs;
            long untilNs = Math.Min(driver.CompletionNs(waited), endNs) - nowNs;
            if (waited.IsSignaled || nowNs >= endNs)
            {
                break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(1, untilNs / 1_000_000)), scope.Gpu.Time, cancellationToken).ConfigureAwait(false);
            scope.Session.Touch();
        }

        return Reply(scope.Gpu, waited);
    }

    private static FenceReply Reply(SimulatedGpu gpu, Fence fence) => new(
        fence.Seqno, fence.IsSignaled, fence.IsSignaled ? 0 : Math.Max(0, (gpu.Driver.CompletionNs(fence) - gpu.Driver.ClockNs) / 1000));
}
