using System;
using System.Collections.Generic;
using System.Diagnostics;
using GpuMm.Diagnostics;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;
using GpuMm.Hosting.Views;

namespace GpuMm.Hosting.Diagnostics;

/// <summary>One operation on a device as a span, with the moves and evictions that this thread raised meanwhile inside it.</summary>
/// <remarks>
/// While nobody listens it costs one test and allocates nothing. Inner spans are told when the operation ends: a device raises
/// its events under a lock, and listeners are somebody else's code. An operation inside another is part of it.
/// </remarks>
internal sealed class GpuSpan : IDisposable
{
    private static readonly ActivitySource s_source = new(GpuMmDiagnostics.ActivitySourceName);

    [ThreadStatic]
    private static List<DeviceEvent>? s_collected; // Not null while an operation of this thread is told

    [ThreadStatic]
    private static int s_leftOut;

    private readonly SimulatedGpu _gpu;
    private readonly string _name;
    private readonly int _clientId;
    private readonly DateTimeOffset _start;
    private readonly Activity? _activity;

    private GpuSpan(string name, SimulatedGpu gpu, int clientId, bool isLazy)
    {
        _gpu = gpu;
        _name = name;
        _clientId = clientId;
        _start = DateTimeOffset.UtcNow;
        _activity = isLazy ? null : s_source.StartActivity(name, ActivityKind.Internal);
        Describe(_activity);
        s_leftOut = 0;
        s_collected = [];
    }

    /// <summary>What the operation concerned; shown where not 0.</summary>
    public long Objects { get; set; }

    /// <summary>Bytes that it concerned; shown where not 0.</summary>
    public long Bytes { get; set; }

    /// <summary>Begins an operation.</summary>
    /// <param name="name">One of the names in <see cref="GpuMmDiagnostics"/>.</param>
    /// <param name="gpu">The device.</param>
    /// <param name="clientId">Who asked; 0 for the service itself.</param>
    /// <param name="isLazy">Tell it only when something moved.</param>
    public static GpuSpan? Begin(string name, SimulatedGpu gpu, int clientId = 0, bool isLazy = false) =>
        s_source.HasListeners() && s_collected is null ? new GpuSpan(name, gpu, clientId, isLazy) : null;

    /// <summary>Hears an event. Called under a device's lock: it keeps it, and no more.</summary>
    public static void Collect(in DeviceEvent occurred)
    {
        if (s_collected is not { } collected ||
            (occurred.Kind != DeviceEventKind.Evicted && (occurred.Kind != DeviceEventKind.MoveFinished || occurred.Status != MmStatus.Ok || occurred.From is null)))
        {
            return;
        }

        if (collected.Count < GpuMmDiagnostics.MaxInnerSpans)
        {
            collected.Add(occurred);
        }
        else
        {
            s_leftOut++;
        }
    }

    /// <summary>Says how the operation ended.</summary>
    public void Ended(SessionError? error)
    {
        if (error is not null)
        {
            _activity?.SetStatus(ActivityStatusCode.Error, error.Message);
        }
    }

    /// <summary>Ends it, and tells what moved.</summary>
    public void Dispose()
    {
        List<DeviceEvent> collected = s_collected!;
        s_collected = null;
        Activity? activity = _activity;
        if (activity is null && collected.Count > 0)
        {
            activity = s_source.StartActivity(_name, ActivityKind.Internal, default(ActivityContext), startTime: _start);
            Describe(activity);
        }

        if (activity is null)
        {
            return;
        }

        Tag(activity, "gpumm.objects", Objects);
        Tag(activity, "gpumm.bytes", Bytes);
        Tag(activity, "gpumm.spans.left_out", s_leftOut);
        if (activity.IsAllDataRequested)
        {
            long nowNs = _gpu.Driver.ClockNs;
            DateTimeOffset now = DateTimeOffset.UtcNow;
            foreach (DeviceEvent occurred in collected)
            {
                Tell(occurred, now.AddTicks(((long)occurred.TimeNs - nowNs) / 100));
            }
        }

        activity.Dispose();
    }

    private void Tell(in DeviceEvent occurred, DateTimeOffset at)
    {
        bool isMove = occurred.Kind == DeviceEventKind.MoveFinished;
        using Activity? inner = s_source.StartActivity(
            isMove ? GpuMmDiagnostics.MigrateActivity : GpuMmDiagnostics.EvictActivity, ActivityKind.Internal, default(ActivityContext), startTime: at);
        if (inner is null)
        {
            return;
        }

        inner.SetTag("gpumm.device", _gpu.Name);
        inner.SetTag("gpumm.client", occurred.ClientId);
        inner.SetTag("gpumm.bytes", (long)occurred.SizeBytes);
        inner.SetTag("gpumm.cause", occurred.Cause.ToString());
        inner.SetTag("gpumm.move.from", DeviceSnapshotService.NameOf(occurred.From!.Value));
        if (isMove && occurred.To is { } to)
        {
            inner.SetTag("gpumm.move.to", DeviceSnapshotService.NameOf(to));
        }

        inner.SetEndTime(at.UtcDateTime.AddTicks(isMove ? (long)occurred.DurationNs / 100 : 0));
    }

    private void Describe(Activity? activity)
    {
        activity?.SetTag("gpumm.device", _gpu.Name);
        Tag(activity, "gpumm.client", _clientId);
    }

    private static void Tag(Activity? activity, string name, long value)
    {
        if (value != 0)
        {
            activity?.SetTag(name, value);
        }
    }
}
