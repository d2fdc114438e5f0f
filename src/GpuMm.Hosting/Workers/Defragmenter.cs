using System;
using System.Collections.Generic;
using GpuMm.Hosting.Diagnostics;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;
using GpuMm.Objects;
using GpuMm.Primitives;

namespace GpuMm.Hosting.Workers;

/// <summary>
/// Moves idle objects from high addresses of video memory into holes below, so that free space grows together. Evicts
/// nobody and moves at most a given number of bytes each time.
/// </summary>
public sealed class Defragmenter : GpuWorker
{
    private const int MaxLooked = 65536;

    private readonly ulong _budgetBytes;
    private readonly TrackedObject[] _piece = new TrackedObject[512];

    /// <summary>A defragmenter with the budget of the device's options.</summary>
    /// <param name="gpu">The device.</param>
    public Defragmenter(SimulatedGpu gpu)
        : base(gpu, "defragmenter", gpu.Options.DefragmentPeriod)
    {
        _budgetBytes = gpu.Options.DefragmentBytes.Bytes;
    }

    /// <inheritdoc/>
    public override bool RunOnce()
    {
        Gpu.Driver.Pump();
        Gpu.Activity.CountReaped(Gpu.Device.Reap()); // What is gone leaves the very holes that are looked for.
        ulong usedBytes = Gpu.Device.Manager(MemoryDomain.Vram).UsedBytes;
        ulong left = _budgetBytes;
        using GpuSpan? span = GpuSpan.Begin(GpuMmDiagnostics.DefragmentActivity, Gpu, isLazy: true);
        foreach ((ulong startBytes, TrackedObject tracked) in Above(usedBytes))
        {
            ulong sizeBytes = tracked.Target.SizeBytes;
            if (sizeBytes > left)
            {
                continue;
            }

            if (TryMoveDown(tracked.Target, startBytes, usedBytes))
            {
                left -= sizeBytes;
                span?.Bytes += (long)sizeBytes;
                Gpu.Activity.CountDefragmented((long)sizeBytes);
            }
        }

        return false;
    }

    // What lies above the line that all of it would end at if there were no holes; the highest first.
    private List<(ulong StartBytes, TrackedObject Tracked)> Above(ulong lineBytes)
    {
        List<(ulong StartBytes, TrackedObject Tracked)> found = [];
        int cursor = 0;
        for (int looked = 0; looked < MaxLooked;)
        {
            int count = Gpu.Objects.CopyNext(ref cursor, _piece);
            for (int i = 0; i < count; i++)
            {
                BufferObject target = _piece[i].Target;
                if (target.Reservation.TryLock())
                {
                    if (target.Resource is { Domain: MemoryDomain.Vram, RangeCount: 1 } resource && resource.StartBytes >= lineBytes && target.PinCount == 0)
                    {
                        found.Add((resource.StartBytes, _piece[i]));
                    }

                    target.Reservation.Unlock();
                }
            }

            looked += count;
            if (count < _piece.Length)
            {
                break;
            }
        }

        found.Sort(static (a, b) => b.StartBytes.CompareTo(a.StartBytes));
        return found;
    }

    private static bool TryMoveDown(BufferObject target, ulong startBytes, ulong lineBytes)
    {
        if (!target.Reservation.TryLock())
        {
            return false;
        }

        try
        {
            if (target.IsDeleted || target.PinCount > 0 || target.Resource is not { Domain: MemoryDomain.Vram } resource ||
                resource.StartBytes != startBytes || startBytes == 0 || target.Reservation.TryGetUnsignaled(Fences.FenceUsage.Bookkeep, out _))
            {
                return false;
            }

            // A wish that evicts nobody, and ends at the line: a hole above it would only be moved.
            Placement below = new(new Place(MemoryDomain.Vram, PlaceFlags.Desired, 0, Math.Max(1, lineBytes >> Pages.Shift)));
            OperationContext context = new() { NoWaitGpu = true };
            return target.Validate(below, ref context) == MmStatus.Ok;
        }
        finally
        {
            target.Reservation.Unlock();
        }
    }
}
