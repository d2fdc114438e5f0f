namespace GpuMm.Ranges;

/// <summary>Ways for tests to damage an allocator, so that <see cref="Validate"/> can be shown to notice.</summary>
public sealed partial class BuddyAllocator
{
    /// <summary>Marks a block free without taking it from its owner.</summary>
    internal void PlantFreeBlock(int order, ulong index) => _dirty.Add(order, index);

    /// <summary>Forgets a free block.</summary>
    internal void PlantLostBlock(int order, ulong index) => _dirty.TryRemove(order, index);

    /// <summary>Calls a free block the other state without moving the count.</summary>
    internal void PlantStateChange(int order, ulong index)
    {
        _dirty.Remove(order, index);
        _cleared.Add(order, index);
    }
}
