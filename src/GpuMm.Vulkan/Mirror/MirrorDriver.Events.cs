using System;
using GpuMm.Diagnostics;
using GpuMm.Objects;
using GpuMm.Vulkan.Devices;

namespace GpuMm.Vulkan.Mirror;

/// <content>What the device tells: objects that come and go without a copy.</content>
public sealed partial class MirrorDriver : IDeviceObserver
{
    private bool _isHearing;

    /// <summary>Hears the device that this driver was given to. Call it once, before the first object is made.</summary>
    /// <param name="device">The device.</param>
    public void Attach(GpuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        device.AddObserver(this);
    }

    /// <inheritdoc/>
    void IDeviceObserver.OnEvent(in DeviceEvent occurred)
    {
        if (_mirror is not { } mirror)
        {
            return;
        }

        // An observer must not throw: a failure that stops the run is thrown by the next move.
        _isHearing = true;
        try
        {
            Hear(mirror, occurred);
        }
        catch (VulkanException problem)
        {
            Fail(mirror, problem);
        }
        finally
        {
            _isHearing = false;
        }
    }

    private static void Hear(DeviceMirror mirror, in DeviceEvent occurred)
    {
        switch (occurred.Kind)
        {
            case DeviceEventKind.ObjectCreated:
                CreationCode code = new(occurred.Detail);
                _ = mirror.Find(occurred.ObjectId) ??
                    mirror.Add(occurred.ObjectId, occurred.SizeBytes, occurred.Name ?? "", (BufferObjectKind)code.Kind);
                break;
            case DeviceEventKind.CreateFailed or DeviceEventKind.ObjectDestroyed:
                mirror.Forget(occurred.ObjectId);
                break;
            case DeviceEventKind.MoveFinished when occurred is { Status: MmStatus.Ok, To: { } domain } && mirror.Find(occurred.ObjectId) is { } moved:
                mirror.Settle(moved, domain); // Nothing to do unless the driver was not asked: fresh system pages.
                break;
            case DeviceEventKind.ContentsDropped when mirror.Find(occurred.ObjectId) is { } dropped:
                mirror.Empty(dropped);
                break;
            case DeviceEventKind.GhostMade when mirror.Find(occurred.ObjectId) is { Store.Exists: true } left:
                MirrorObject ghost = mirror.Add(occurred.RelatedId, occurred.SizeBytes, left.Name, BufferObjectKind.Kernel);
                DeviceMirror.HandOver(left, ghost);
                break;
            case DeviceEventKind.Populated when mirror.Find(occurred.ObjectId) is { Store: { Exists: true, Domain: MemoryDomain.Vram } }:
                break; // Pages for a move out of video memory: its copy fills them, and the bytes stay what they were.
            case DeviceEventKind.SwappedIn or DeviceEventKind.Populated or DeviceEventKind.ContentsLost or DeviceEventKind.CpuAccess
                when mirror.Find(occurred.ObjectId) is { } changed:
                changed.IsTouched = true;
                break;
            default:
                break;
        }
    }
}
