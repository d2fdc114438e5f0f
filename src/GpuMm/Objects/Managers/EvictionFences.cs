using System;
using GpuMm.Fences;

namespace GpuMm.Objects;

/// <summary>
/// The copies out of a domain that still run although their space was given back: whoever takes space there inherits
/// them. Lock: the manager.
/// </summary>
internal sealed class EvictionFences
{
    /// <summary>Copies on so many timelines can be outstanding; the next one waits.</summary>
    public const int SlotCount = 8;

    private readonly Fence[] _slots = new Fence[SlotCount];
    private int _usedCount; // Slots that ever held a fence: with a driver that copies at once there are none to look through

    /// <summary>Remembers a fence in the slot of its context or in one that is done.</summary>
    /// <param name="fence">The fence.</param>
    /// <returns>False when every slot holds another timeline's running copy.</returns>
    public bool TryAdd(Fence fence)
    {
        int free = _usedCount < SlotCount ? _usedCount : -1;
        for (int i = 0; i < _usedCount; i++)
        {
            if (ReferenceEquals(_slots[i].Context, fence.Context))
            {
                // Two movers may get here in the other order than their copies were queued: the later copy counts.
                if (_slots[i].Seqno < fence.Seqno)
                {
                    _slots[i] = fence;
                }

                return true;
            }

            if (_slots[i].IsSignaled)
            {
                free = i;
            }
        }

        if (free >= 0)
        {
            _slots[free] = fence;
            _usedCount = int.Max(_usedCount, free + 1);
        }

        return free >= 0;
    }

    /// <summary>Any fence that still runs.</summary>
    public bool TryGetUnsignaled(out Fence fence)
    {
        foreach (Fence slot in _slots.AsSpan(0, _usedCount))
        {
            if (!slot.IsSignaled)
            {
                fence = slot;
                return true;
            }
        }

        fence = default;
        return false;
    }

    /// <summary>Adds the running copies to a reservation, as kernel work. Lock: the reservation.</summary>
    public void CopyTo(Reservation reservation)
    {
        foreach (Fence slot in _slots.AsSpan(0, _usedCount))
        {
            if (!slot.IsSignaled)
            {
                reservation.AddFence(slot, FenceUsage.Kernel);
            }
        }
    }
}
