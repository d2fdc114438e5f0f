namespace GpuMm.Lab.League;

/// <summary>A request whose object has its dense number.</summary>
internal struct ReplayRequest
{
    /// <summary>The object; -1 for a request that is passed over.</summary>
    public int Slot;

    /// <summary>Its size, units.</summary>
    public uint Size;
}
