namespace GpuMm.Simulation;

/// <summary>Which way bytes cross the link.</summary>
public enum LinkDirection : byte
{
    /// <summary>From system RAM to the card: uploads, reads through the aperture, CPU writes over the bus window.</summary>
    ToDevice = 0,

    /// <summary>From the card to system RAM: evictions, CPU reads over the bus window.</summary>
    ToHost = 1,
}
