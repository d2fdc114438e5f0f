using GpuMm.Diagnostics;
using GpuMm.Hosting.Diagnostics;
using GpuMm.Hosting.Machine;
using GpuMm.Objects;

namespace GpuMm.Hosting.Workers;

/// <summary>
/// Makes room in video memory ahead of need, as kswapd does for pages: starts when less than the low watermark is free and
/// rests when the high one is reached.
/// </summary>
/// <remarks>
/// It evicts whom an allocation would evict, in the same order and under the same rules. Whoever is busy is passed over.
/// </remarks>
public sealed class Reclaimer : GpuWorker
{
    private readonly ulong _lowBytes;
    private readonly ulong _highBytes;
    private bool _isReclaiming;

    /// <summary>A reclaimer with the watermarks of the device's options.</summary>
    /// <param name="gpu">The device.</param>
    public Reclaimer(SimulatedGpu gpu)
        : base(gpu, "reclaimer", gpu.Options.ReclaimPeriod)
    {
        _lowBytes = (ulong)(gpu.Options.Vram.Bytes * gpu.Options.LowWatermarkPercent / 100);
        _highBytes = (ulong)(gpu.Options.Vram.Bytes * gpu.Options.HighWatermarkPercent / 100);
    }

    /// <summary>Bytes of video memory that are free.</summary>
    private ulong FreeBytes => Gpu.Options.Vram.Bytes - Gpu.Device.Manager(MemoryDomain.Vram).UsedBytes;

    /// <inheritdoc/>
    public override bool RunOnce()
    {
        ulong free = FreeBytes;
        _isReclaiming = free < _lowBytes || (_isReclaiming && free < _highBytes);
        if (!_isReclaiming)
        {
            return false;
        }

        Gpu.Driver.Pump();
        OperationContext context = new() { NoWaitGpu = true, Cause = MoveCause.Prefetch };
        using GpuSpan? span = GpuSpan.Begin(GpuMmDiagnostics.ReclaimActivity, Gpu);
        long movedBytes = (long)Gpu.Device.EvictAhead(MemoryDomain.Vram, _highBytes - free, ref context);
        span?.Bytes = movedBytes;
        Gpu.Activity.CountReclaimed(movedBytes);
        return false;
    }
}
