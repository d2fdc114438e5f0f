namespace GpuMm.Lab.League;

/// <summary>What the bound keeps of one object.</summary>
internal struct BoundNode
{
    /// <summary>Number of its last request, those passed over not counted; 0 before the first.</summary>
    public long Last;

    /// <summary>Its smallest size so far, units.</summary>
    public uint LeastSize;

    /// <summary>Fills up to 16 bytes.</summary>
    public uint Unused;
}
