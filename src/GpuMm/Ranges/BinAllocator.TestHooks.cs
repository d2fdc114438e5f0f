namespace GpuMm.Ranges;

/// <summary>Ways for tests to damage an allocator, so that <see cref="Validate"/> can be shown to notice.</summary>
public sealed partial class BinAllocator
{
    /// <summary>Clears the bit of a class that has holes, so that they are hidden.</summary>
    internal void PlantHiddenClass(ulong sizeBytes)
    {
        int bin = BinOf((uint)(sizeBytes >> _unitShift));
        _classes[bin >> LevelBits] &= ~(1ul << (bin & (BinsPerLevel - 1)));
    }

    /// <summary>Makes a live block one unit longer than it is.</summary>
    internal void PlantOverlap(BinBlock block) => _nodes[block.Slot].Size++;
}
