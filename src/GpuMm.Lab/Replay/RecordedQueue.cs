using System;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Simulation;

namespace GpuMm.Lab.Replay;

/// <summary>A submission queue that tells the device's observers what each job uses, so that a recording holds it.</summary>
public sealed class RecordedQueue
{
    private readonly GpuDevice _device;
    private readonly SubmissionQueue _queue;

    /// <summary>A queue onto a simulated machine.</summary>
    /// <param name="device">The device; its driver is <paramref name="driver"/>.</param>
    /// <param name="driver">The machine.</param>
    public RecordedQueue(GpuDevice device, SimulatedDriver driver)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        _queue = new SubmissionQueue(driver);
    }

    /// <summary>The queue itself.</summary>
    public SubmissionQueue Queue => _queue;

    /// <summary>Submits as <see cref="SubmissionQueue.Submit"/>, between ReservedAll and Submitted.</summary>
    /// <param name="uses">What the work reads.</param>
    /// <param name="baseNs">Time on the render engine beside reading, ns.</param>
    /// <param name="fence">The fence of the last job.</param>
    public MmStatus Submit(ReadOnlySpan<TextureUse> uses, long baseNs, out Fence fence)
    {
        _device.Report(DeviceEventKind.ReservedAll, new DeviceEvent { Count = uses.Length });
        MmStatus status = _queue.Submit(uses, baseNs, out fence);
        foreach (ref readonly TextureUse use in uses)
        {
            _device.Report(
                DeviceEventKind.Used, new DeviceEvent { ObjectId = use.Target.Id, SizeBytes = use.ReadBytes, Detail = fence.Seqno, To = use.Target.Resource?.Domain });
        }

        // The base time goes along as offset: a replay needs it apart from what reading took.
        _device.Report(
            DeviceEventKind.Submitted,
            new DeviceEvent { Count = uses.Length, Detail = fence.Seqno, DurationNs = _device.Driver.RemainingNs(fence), OffsetBytes = (ulong)baseNs, Status = status });
        return status;
    }
}
