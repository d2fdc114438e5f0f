using System;
using GpuMm.Diagnostics;

namespace GpuMm.Objects;

/// <content>Whether it stays: pins, advice, and a loss that was noticed.</content>
public sealed partial class BufferObject
{
    /// <summary>Forbids moves until unpinned as often. Lock: its reservation.</summary>
    /// <exception cref="InvalidOperationException">It holds no space, so there is nothing to stay in.</exception>
    public void Pin()
    {
        Reservation.AssertHeld();
        if (Resource is null)
        {
            throw new InvalidOperationException($"'{Name}' holds no space; validate it before pinning.");
        }

        if (PinCount++ == 0)
        {
            Resource.IsPinnedHere = true;
            Resource.Manager.Relist(Resource);
        }

        if (Device.IsObserved)
        {
            Device.Raise(new DeviceEvent { Kind = DeviceEventKind.Pinned, Count = PinCount, To = Resource.Domain }, this);
        }
    }

    /// <summary>Takes one pin back. Lock: its reservation.</summary>
    /// <exception cref="InvalidOperationException">It is not pinned.</exception>
    public void Unpin()
    {
        Reservation.AssertHeld();
        if (PinCount == 0)
        {
            throw new InvalidOperationException($"'{Name}' is not pinned.");
        }

        if (--PinCount == 0)
        {
            Resource!.IsPinnedHere = false;
            Resource!.Manager.Relist(Resource);
        }

        if (Device.IsObserved)
        {
            Device.Raise(new DeviceEvent { Kind = DeviceEventKind.Unpinned, Count = PinCount, To = Resource!.Domain }, this);
        }
    }

    /// <summary>Says whether the contents are needed. Lock: its reservation.</summary>
    /// <param name="advice">What the owner knows.</param>
    /// <returns>True when the contents are still there; false when they were dropped meanwhile, and the object starts anew.</returns>
    public bool Advise(MemoryAdvice advice)
    {
        Reservation.AssertHeld();
        bool isRetained = !IsPurged;
        IsPurgeable = advice == MemoryAdvice.DontNeed;
        IsPurged &= IsPurgeable;
        if (Device.IsObserved)
        {
            Device.Raise(
                new DeviceEvent { Kind = DeviceEventKind.Advised, Detail = (ulong)advice, Count = isRetained ? 1 : 0 }, this);
        }

        return isRetained;
    }

    /// <summary>Takes note that the contents are lost: the object can be used again, and reads as zero. Lock: its reservation.</summary>
    public void AcknowledgeLoss()
    {
        Reservation.AssertHeld();
        IsLost = false;
        if (Device.IsObserved)
        {
            Device.Raise(new DeviceEvent { Kind = DeviceEventKind.LossAcknowledged }, this);
        }
    }

    // Lock: the reservation. The last reference is gone, and with it every right to stay.
    internal void DropPins()
    {
        if (PinCount != 0)
        {
            PinCount = 0;
            if (Resource is { } resource)
            {
                resource.IsPinnedHere = false;
                resource.Manager.Relist(resource);
            }
        }
    }
}
