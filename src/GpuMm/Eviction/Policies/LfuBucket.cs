namespace GpuMm.Eviction;

/// <summary>The objects of one count, linked to the next higher and the next lower count that exist.</summary>
internal struct LfuBucket
{
    public PolicyList List;

    /// <summary>Uses of each of its objects.</summary>
    public uint Count;

    /// <summary>The bucket of the next lower count; -1 for none.</summary>
    public int Lower;

    /// <summary>The bucket of the next higher count, or the next free one; -1 for none.</summary>
    public int Higher;
}
