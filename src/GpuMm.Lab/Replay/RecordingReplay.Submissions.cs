using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using GpuMm.Diagnostics;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Simulation;
using GpuMm.Traces.Model;

namespace GpuMm.Lab.Replay;

/// <content>Submissions: what lies between ReservedAll and Submitted is their own doing.</content>
public sealed partial class RecordingReplay
{
    private readonly Dictionary<ulong, SubmissionQueue> _queues = []; // 0: of recordings that tell no number
    private readonly List<TextureUse> _uses = [];
    private readonly Choices _choices = new();
    private SubmissionQueue? _queue; // Of the submission under way
    private ulong _notBeforeNs;
    private bool _isSubmitting;

    private bool OpenQueue(in TraceEvent e)
    {
        int allowedCount = (int)(e.Detail & QueueFlags.AllowedCount);
        if (_driver is null || allowedCount > 8)
        {
            return Skip(e);
        }

        AdvanceToStart();
        SubmissionOptions options = new()
        {
            Name = e.Name ?? "client",
            ClientId = e.ClientId,
            Priority = (JobPriority)Math.Clamp(e.Count, (int)JobPriority.Background, (int)JobPriority.Kernel),
            MaxPendingJobs = (int)Math.Clamp(e.SizeBytes, 1, int.MaxValue),
            Preferred = PlacementOf(e.Placement, 0),
            Allowed = PlacementOf(new PlacementCode(e.OffsetBytes, (byte)allowedCount), 8),
            OnDemand = (e.Detail & QueueFlags.OnDemand) != 0,
            Chooser = (e.Detail & QueueFlags.ChoosesAnew) != 0 ? _choices : null,
        };
        _queues[e.RelatedId] = (e.Detail & QueueFlags.SharesRing) != 0
            ? new SubmissionQueue(_driver) { Preferred = options.Preferred, Allowed = options.Allowed }
            : new SubmissionQueue(_driver, options);
        return true;
    }

    private void BeginSubmission(in TraceEvent e)
    {
        _isSubmitting = true;
        _uses.Clear();
        _choices.Clear();
        _windows.Clear();
        _notBeforeNs = e.OffsetBytes;
        if (_driver is not null && !_queues.TryGetValue(e.RelatedId, out _queue))
        {
            _queue = new SubmissionQueue(_driver);
            _queues.Add(e.RelatedId, _queue);
        }
    }

    private void ApplySubmission(in TraceEvent e)
    {
        switch (e.DeviceKind)
        {
            case DeviceEventKind.WishWindow:
                _windows[e.Count] = (e.OffsetBytes, e.SizeBytes);
                break;
            case DeviceEventKind.Validated when e.Count != 0:
                _choices.Add(_objects.GetValueOrDefault(e.ObjectId), PlacementOf(e.Placement, 0));
                _windows.Clear();
                break;
            case DeviceEventKind.CameBack:
                _choices.Add(_objects.GetValueOrDefault(e.ObjectId), placement: null);
                break;
            case DeviceEventKind.Used when _objects.TryGetValue(e.ObjectId, out BufferObject? target):
                _uses.Add(new TextureUse(target, e.SizeBytes));
                break;
            case DeviceEventKind.Submitted:
                EndSubmission(e);
                break;
        }
    }

    private void EndSubmission(in TraceEvent e)
    {
        _isSubmitting = false;
        AdvanceToStart();
        if (_queue is not null && (_uses.Count > 0 || e.Count == 0))
        {
            _choices.Allowed = _queue.Allowed;
            _queue.NotBefore = new SimTime((long)Math.Min(_notBeforeNs, MaxTimeNs));
            bool tellsBase = e.OffsetBytes != 0 || e.RelatedId != 0; // Old recordings tell how long it took in all.
            long baseNs = (long)Math.Min(tellsBase ? e.OffsetBytes : e.DurationNs, MaxTimeNs >> 8);
            Compare(_queue.Submit(CollectionsMarshal.AsSpan(_uses), baseNs, out _), e.Status);
        }

        End();
    }

    // What budget and throttle of the recorded queue said, object by object.
    private sealed class Choices : IPlacementChooser
    {
        private readonly Queue<(BufferObject? Target, Placement? Placement)> _recorded = new();
        private Placement _last = Placement.Empty;

        /// <summary>The second wish of the queue: whoever was asked for it is not asked again.</summary>
        public Placement Allowed { get; set; } = Placement.Empty;

        public void Clear() => _recorded.Clear();

        public void Add(BufferObject? target, Placement? placement) => _recorded.Enqueue((target, placement));

        public bool TryChoose(BufferObject target, MmStatus? last, out Placement placement)
        {
            placement = Placement.Empty;
            bool mayChoose = last is null || (last == MmStatus.OutOfMemory && !_last.IsSameAs(Allowed));
            while (mayChoose && _recorded.TryPeek(out (BufferObject? Target, Placement? Placement) next) && ReferenceEquals(next.Target, target))
            {
                _recorded.Dequeue();
                if (next.Placement is { } recorded)
                {
                    placement = recorded;
                    _last = recorded;
                    return true;
                }

                if (target.Resource is { } resource)
                {
                    Placement there = new(new Place(resource.Domain));
                    target.Device.PlacementForUse(target, there, there); // It is back from an eviction.
                }
            }

            return false;
        }
    }
}
