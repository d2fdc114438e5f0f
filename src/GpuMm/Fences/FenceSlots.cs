using System;

namespace GpuMm.Fences;

/// <summary>The fences of a reservation, or a copy of them that has its own life. A mutable struct: keep it in a field.</summary>
internal struct FenceSlots
{
    private Slot[]? _slots;

    /// <summary>Number of fences kept, signalled ones included.</summary>
    public int Count { get; private set; }

    /// <summary>Makes room, so that as many additions cannot fail.</summary>
    public void Reserve(int count)
    {
        int needed = Count + count;
        if (_slots is null || _slots.Length < needed)
        {
            DropSignaled();
            Grow(Count + count);
        }
    }

    /// <summary>Adds a fence, in the slot of its context, of a signalled fence, or at the end.</summary>
    public void Add(Fence fence, FenceUsage usage)
    {
        if (fence.IsSignaled)
        {
            return;
        }

        int free = -1;
        for (int i = 0; i < Count; i++)
        {
            ref Slot slot = ref _slots![i];
            if (ReferenceEquals(slot.Fence.Context, fence.Context))
            {
                if (slot.Fence.Seqno >= fence.Seqno && slot.Usage <= usage)
                {
                    return; // Whoever waits for the new one waits for that one anyway.
                }

                // A later one of a weaker class stays beside it: those who wait for the stronger class must not wait for both.
                if (slot.Fence.Seqno <= fence.Seqno && slot.Usage >= usage)
                {
                    slot = new Slot(fence, usage);
                    return;
                }
            }

            if (slot.Fence.IsSignaled)
            {
                free = i;
            }
        }

        if (free < 0)
        {
            if (_slots is null || Count == _slots.Length)
            {
                Grow(Count + 1);
            }

            free = Count++;
        }

        _slots![free] = new Slot(fence, usage);
    }

    /// <summary>Puts another fence in the place of those of a context.</summary>
    public readonly void Replace(FenceContext context, Fence fence, FenceUsage usage)
    {
        for (int i = 0; i < Count; i++)
        {
            if (ReferenceEquals(_slots![i].Fence.Context, context))
            {
                _slots[i] = new Slot(fence, usage);
            }
        }
    }

    /// <summary>Finds a fence of a class, or of a stronger one, that is not signalled.</summary>
    public readonly bool TryGetUnsignaled(FenceUsage usage, out Fence fence)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_slots![i].Usage <= usage && !_slots[i].Fence.IsSignaled)
            {
                fence = _slots[i].Fence;
                return true;
            }
        }

        fence = default;
        return false;
    }

    public readonly Fence At(int index, out FenceUsage usage)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        usage = _slots![index].Usage;
        return _slots[index].Fence;
    }

    /// <summary>A copy of what still runs; later changes of either are not seen by the other.</summary>
    public readonly FenceSlots Copy()
    {
        FenceSlots copy = default;
        for (int i = 0; i < Count; i++)
        {
            copy.Add(_slots![i].Fence, _slots[i].Usage);
        }

        return copy;
    }

    private void DropSignaled()
    {
        for (int i = Count - 1; i >= 0; i--)
        {
            if (_slots![i].Fence.IsSignaled)
            {
                _slots[i] = _slots[--Count];
                _slots[Count] = default;
            }
        }
    }

    private void Grow(int needed)
    {
        int length = _slots?.Length ?? 0;
        if (length < needed)
        {
            // One is all that an object needs which was moved and never used. Then four: a copy and a job, and room for one more of
            // each before the first two are done.
            Array.Resize(ref _slots, Math.Max(needed, length == 0 ? 1 : Math.Max(4, length * 2)));
        }
    }

    private readonly record struct Slot(Fence Fence, FenceUsage Usage);
}
