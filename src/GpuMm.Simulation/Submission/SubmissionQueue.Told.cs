using System;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Objects;

namespace GpuMm.Simulation;

/// <content>Submitting, told to the device's observers.</content>
public sealed partial class SubmissionQueue
{
    private GpuDevice? _toldTo;

    /// <summary>Queues the work of one frame.</summary>
    /// <param name="uses">What it reads; no object twice.</param>
    /// <param name="baseNs">Time on the render engine beside reading, ns.</param>
    /// <param name="last">The fence of the last job.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>, or why an object cannot be brought where the GPU reaches it; jobs queued before it stay.
    /// </returns>
    /// <remarks>
    /// Observers of the device hear ReservedAll before anything is done, then, at the end, Used for each object and Submitted, with
    /// <paramref name="baseNs"/> as offset: a replay needs it apart from what reading took.
    /// </remarks>
    public MmStatus Submit(ReadOnlySpan<TextureUse> uses, long baseNs, out Fence last)
    {
        GpuDevice? device = uses.IsEmpty ? _driver.Device : uses[0].Target.Device;
        if (device is not { IsObserved: true })
        {
            return SubmitAll(uses, baseNs, out last);
        }

        TellOfItself(device);
        DeviceEvent begun = new()
        {
            Count = uses.Length,
            ClientId = Options.ClientId,
            RelatedId = _number,
            OffsetBytes = (ulong)Math.Max(0, NotBefore.Nanoseconds),
        };
        device.Report(DeviceEventKind.ReservedAll, begun);
        MmStatus status = SubmitAll(uses, baseNs, out last);
        foreach (ref readonly TextureUse use in uses)
        {
            DeviceEvent used = new()
            {
                ObjectId = use.Target.Id,
                ClientId = Options.ClientId,
                SizeBytes = use.ReadBytes,
                Detail = last.Seqno,
                To = use.Target.Resource?.Domain,
            };
            device.Report(DeviceEventKind.Used, used);
        }

        DeviceEvent submitted = new()
        {
            Count = uses.Length,
            ClientId = Options.ClientId,
            Detail = last.Seqno,
            RelatedId = _number,
            DurationNs = _driver.RemainingNs(last),
            OffsetBytes = (ulong)baseNs,
            Status = status,
        };
        device.Report(DeviceEventKind.Submitted, submitted);
        return status;
    }

    // How it submits, before the first submission that a device hears of.
    private void TellOfItself(GpuDevice device)
    {
        if (ReferenceEquals(_toldTo, device))
        {
            return;
        }

        _toldTo = device;
        _number = _number == 0 ? _driver.NextQueueNumber() : _number;
        DeviceEvent opened = new()
        {
            RelatedId = _number,
            ClientId = Options.ClientId,
            Name = Options.Name,
            Placement = Options.Preferred.Code,
            OffsetBytes = Options.Allowed.Code.Packed,
            SizeBytes = (ulong)Options.MaxPendingJobs,
            Count = (int)Options.Priority,
            Detail = Options.Allowed.Code.Count |
                (Options.OnDemand ? QueueFlags.OnDemand : 0) |
                (Options.Budget is not null || Options.Throttle is not null || Options.Chooser is not null ? QueueFlags.ChoosesAnew : 0) |
                (ReferenceEquals(_ring, _driver.Render.Queue) ? QueueFlags.SharesRing : 0),
        };
        device.ReportWindows(Options.Preferred, 0);
        device.ReportWindows(Options.Allowed, 8);
        device.Report(DeviceEventKind.QueueOpened, opened);
    }
}
