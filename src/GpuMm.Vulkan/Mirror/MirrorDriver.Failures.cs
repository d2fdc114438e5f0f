using System;
using System.Collections.Generic;
using GpuMm.Vulkan.Devices;

namespace GpuMm.Vulkan.Mirror;

/// <content>What happens when the device fails, and what is left to tell.</content>
public sealed partial class MirrorDriver
{
    private void Guard<T>(DeviceMirror mirror, T argument, Action<DeviceMirror, T> work)
    {
        try
        {
            work(mirror, argument);
        }
        catch (VulkanException problem)
        {
            Fail(mirror, problem);
        }
    }

    // The mirror ends here: everything on the device is given back, whatever it was in the middle of.
    private void Fail(DeviceMirror mirror, VulkanException problem)
    {
        Failure = $"{_device.Info.Name}: {problem.Message}";
        _last = Sum(mirror);
        _mirror = null;
        mirror.Dispose();
        if (_options.OnFailure == MirrorFailure.Stop)
        {
            _stop = new MirrorFailedException($"the mirror failed: {Failure}", problem);
            if (!_isHearing)
            {
                throw _stop;
            }
        }
    }

    private static string? CheckEach(DeviceMirror mirror)
    {
        foreach (MirrorObject mirrored in mirror.Objects)
        {
            if (!mirrored.Store.Exists || mirrored.Target is not { } target)
            {
                continue;
            }

            target.Reservation.Lock();
            try
            {
                mirrored.IsTouched = true;
                if (mirror.CheckByShader(mirrored) is { } stale)
                {
                    return stale;
                }
            }
            finally
            {
                target.Reservation.Unlock();
            }
        }

        return null;
    }

    private MirrorReport Sum(DeviceMirror mirror)
    {
        MirrorCounters counters = mirror.Counters;
        List<MirrorDirectionReport> directions = [];
        for (int from = 0; from < 3; from++)
        {
            for (int to = 0; to < 3; to++)
            {
                (MemoryDomain source, MemoryDomain target) = ((MemoryDomain)from, (MemoryDomain)to);
                if (counters.Count(source, target) > 0)
                {
                    directions.Add(new MirrorDirectionReport(
                        source, target, counters.Count(source, target), counters.Bytes(source, target), counters.TimeNs(source, target)));
                }
            }
        }

        return new MirrorReport
        {
            Device = _device.Info.Name,
            Driver = _device.Info.Driver,
            Moves = counters.Moves,
            Clears = counters.Clears,
            Rebinds = counters.Rebinds,
            MovedBytes = counters.MovedBytes,
            PassedOnBytes = counters.PassedOnBytes,
            Checksums = counters.ChecksumCount,
            ChecksumBytes = counters.ChecksumBytes,
            Directions = directions,
            DeviceNs = counters.TimedNs,
            ModelNs = counters.ModelNs,
            PeakBytes =
            [
                mirror.Room.Pool(MemoryDomain.System).PeakHeldBytes,
                mirror.Room.Pool(MemoryDomain.Gtt).PeakHeldBytes,
                mirror.Room.Pool(MemoryDomain.Vram).PeakHeldBytes,
            ],
            Submissions = (long)mirror.Stream.SubmittedCount,
            Failure = Failure,
            ValidationMessages = [.. ValidationLog.Messages],
        };
    }
}
