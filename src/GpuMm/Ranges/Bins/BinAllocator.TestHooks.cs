namespace GpuMm.Ranges;

/// <summary>Ways for tests to damage an allocator, so that <see cref="Validate"/> can be shown to notice.</summary>
public sealed partial class BinAllocator
{
    /// <summary>The tables of the dense layout, or null.</summary>
    internal DenseBins? Dense => _dense;

    /// <summary>Clears the bit of a class that has holes, so that they are hidden.</summary>
    internal void PlantHiddenClass(ulong sizeBytes)
    {
        int bin = BinClass.Of((uint)(sizeBytes >> _unitShift));
        if (_dense is { } dense)
        {
            dense.PlantHiddenClass(bin);
        }
        else
        {
            _mask.Clear(bin);
        }
    }

    /// <summary>Makes a live block one unit longer than it is.</summary>
    internal void PlantOverlap(BinBlock block) => _nodes[block.Slot].Size++;
}
