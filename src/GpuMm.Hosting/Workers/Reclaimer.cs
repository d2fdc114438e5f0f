using System;
using GpuMm.Hosting.Machine;
using GpuMm.Objects;
using GpuMm.Primitives;

namespace GpuMm.Hosting.Workers;

/// <summary>
/// Makes room in video memory ahead of need, as kswapd does for pages: starts when less than the low watermark is free and
/// rests when the high one is reached.
/// </summary>
/// <remarks>
/// It asks for room in pieces, as an allocation would, and gives each piece back at once: so it evicts whom an allocation
/// would evict, in the same order and under the same rules. Whoever is busy is passed over.
/// </remarks>
public sealed class Reclaimer : GpuWorker
{
    private const ulong PieceBytes = 1ul << 20;
    private const int MaxPiecesPerStep = 64;

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
        ulong evictedBefore = (ulong)Gpu.Device.Statistics.EvictedBytes;
        MakeRoom(_highBytes - free);
        Gpu.Activity.CountReclaimed((long)((ulong)Gpu.Device.Statistics.EvictedBytes - evictedBefore));
        return false;
    }

    private void MakeRoom(ulong wantedBytes)
    {
        BufferObject[] pieces = new BufferObject[MaxPiecesPerStep];
        int count = 0;
        ulong freeBytes = FreeBytes;
        ulong targetBytes = freeBytes + wantedBytes;
        ulong pieceBytes = Math.Max(Pages.SizeBytes, Math.Min(PieceBytes, wantedBytes & ~(Pages.SizeBytes - 1)));
        OperationContext context = new() { NoWaitGpu = true };
        BufferObjectDescription description = new(pieceBytes, "reclaim", BufferObjectKind.Kernel);
        while (count < pieces.Length && (ulong)count * pieceBytes < targetBytes &&
            Gpu.Device.TryCreate(description, Placement.Vram, ref context, out BufferObject? piece) == MmStatus.Ok)
        {
            pieces[count++] = piece!;
        }

        for (int i = 0; i < count; i++)
        {
            pieces[i].Release();
        }
    }
}
