using GpuMm.Fences;

namespace GpuMm.Objects;

/// <summary>The work that a deleted object still waits for.</summary>
internal sealed class FinalFences(FenceSlots slots)
{
    private FenceSlots _slots = slots;

    public bool TryGetUnsignaled(out Fence fence) => _slots.TryGetUnsignaled(FenceUsage.Bookkeep, out fence);
}
