using System.Collections.Generic;
using GpuMm.Backing;
using GpuMm.Diagnostics;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <content>A device that was pulled out while programs still have it mapped.</content>
public sealed partial class GpuDevice
{
    private readonly HashSet<ulong> _dummyFrames = []; // Lock: _registryLock
    private volatile bool _isUnplugged;

    /// <summary>True after <see cref="Unplug"/>.</summary>
    public bool IsUnplugged => _isUnplugged;

    /// <summary>
    /// The device goes away. Every mapping is revoked; the next touch of an area finds a page of zeros over all of it, and
    /// the program lives on.
    /// </summary>
    /// <remarks>
    /// Lock: none may be held. A handler looks at the flag under the reservation, which is taken here for each object
    /// after the flag is set: so no entry can name the device afterwards. Source: drm_dev_unplug.
    /// </remarks>
    public void Unplug()
    {
        ulong startNs = BeginRequest();
        _isUnplugged = true;
        foreach (BufferObject target in Snapshot())
        {
            target.Reservation.Lock();
            Revoke(target);
            target.Reservation.Unlock();
        }

        RaiseDevice(DeviceEventKind.DeviceUnplugged, startNs);
    }

    /// <summary>A page of zeros that belongs to nobody and goes with the device.</summary>
    internal MmStatus TryTakeDummyPage(out FrameIndex frame)
    {
        RangeList pages = default;
        MmStatus status = IsFaulted(FaultPoint.DummyPage)
            ? MmStatus.OutOfMemory
            : _systemPages.TryTake(Pages.SizeBytes, Paging.Caching.Cached, clear: true, ref pages);
        frame = default;
        if (status == MmStatus.Ok)
        {
            frame = new FrameIndex((int)MemoryDomain.System, pages[0].Range.StartBytes >> Pages.Shift);
            using (_registryLock.Enter())
            {
                _dummyFrames.Add(frame.Packed);
            }

            if (IsObserved)
            {
                Raise(new DeviceEvent { Kind = DeviceEventKind.Populated, SizeBytes = Pages.SizeBytes });
            }
        }

        return status;
    }

    private bool IsDummyFrame(FrameIndex frame)
    {
        using RankedLock.Scope scope = _registryLock.Enter();
        return _dummyFrames.Contains(frame.Packed);
    }
}
