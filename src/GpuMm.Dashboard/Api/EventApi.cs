using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading;
using GpuMm.Dashboard.Api.Bodies;
using GpuMm.Dashboard.Service;
using GpuMm.Diagnostics;
using GpuMm.Hosting.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace GpuMm.Dashboard.Api;

/// <summary>Events: in batches on request, or as a stream.</summary>
internal static class EventApi
{
    private const int BatchSize = 1024;
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_idlePeriod = TimeSpan.FromSeconds(10);

    public static void Map(RouteGroupBuilder device)
    {
        device.MapGet("/events", Batch).WithTags("Events").WithSummary("Events after a number, oldest first.");
        device.MapGet("/events/stream", Stream).WithTags("Events").WithSummary("Events as they happen: server-sent events, at most 20 batches a second.")
            .WithDescription("Each item is a batch ('events', with the number of its last event as id), a 'gap' (events were overwritten before they could be sent) or 'idle' (nothing happened for 10 s). Last-Event-ID, or the query's after, tells where to go on; without either the stream begins now.");
    }

    private static EventBatch Batch(string device, HttpContext context, ulong after = 0, int max = BatchSize, string? kinds = null, int? client = null)
    {
        if (max is < 1 or > 10_000)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, $"max is {max}; give 1 to 10000.");
        }

        EventFilter filter = EventFilter.Parse(kinds, client);
        IReadOnlyList<DeviceEvent> events = Views.Of(context, device).RecentEvents(after, max, out ulong missed);
        ulong last = events.Count == 0 ? after : events[^1].Sequence;
        return new EventBatch(last, missed, [.. events.Where(filter.Passes).Select(EventView.Of)]);
    }

    private static ServerSentEventsResult<EventBatch> Stream(
        string device, HttpContext context, WatcherGate gate, HoldKeeper holds, ulong? after = null, string? kinds = null, int? client = null)
    {
        DeviceSnapshotService view = Views.Of(context, device);
        EventFilter filter = EventFilter.Parse(kinds, client);
        string resumed = context.Request.Headers["Last-Event-ID"].ToString();
        ulong from = after ?? view.Gpu.Events.LastSequence;
        if (resumed.Length > 0 && !ulong.TryParse(resumed, NumberStyles.None, CultureInfo.InvariantCulture, out from))
        {
            throw new ApiException(StatusCodes.Status400BadRequest, "Last-Event-ID must be the id of an item that this stream sent.");
        }

        IDisposable seat = gate.Enter();
        context.Response.RegisterForDispose(seat);
        return TypedResults.ServerSentEvents(Items(view, filter, from, holds.Stopping, context.RequestAborted));
    }

    private static async IAsyncEnumerable<SseItem<EventBatch>> Items(
        DeviceSnapshotService view, EventFilter filter, ulong from, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        using PeriodicTimer timer = new(s_period);
        ulong last = from;
        int idleTicks = 0;
        while (true)
        {
            IReadOnlyList<DeviceEvent> events = view.RecentEvents(last, BatchSize, out ulong missed);
            if (events.Count > 0)
            {
                last = events[^1].Sequence;
            }

            if (missed > 0)
            {
                yield return Item("gap", new EventBatch(events[0].Sequence - 1, missed, []));
            }

            EventView[] passed = [.. events.Where(filter.Passes).Select(EventView.Of)];
            idleTicks = passed.Length > 0 ? 0 : idleTicks + 1;
            if (passed.Length > 0)
            {
                yield return Item("events", new EventBatch(last, 0, passed));
            }
            else if (idleTicks * s_period >= s_idlePeriod)
            {
                idleTicks = 0;
                yield return Item("idle", new EventBatch(last, 0, []));
            }

            if (events.Count < BatchSize && !await NextAsync(timer, stop.Token).ConfigureAwait(false))
            {
                yield break;
            }
        }
    }

    private static async System.Threading.Tasks.ValueTask<bool> NextAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // The name goes into the item: given beside it, the item itself would be sent as data.
    private static SseItem<EventBatch> Item(string name, EventBatch batch) =>
        new(batch, name) { EventId = batch.Last.ToString(CultureInfo.InvariantCulture), ReconnectionInterval = TimeSpan.FromSeconds(1) };
}
