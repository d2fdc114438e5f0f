namespace GpuMm;

/// <summary>Where bytes can live. The numbers are TTM's memory types; 3 to 7 are for a driver's own kinds.</summary>
public enum MemoryDomain : byte
{
    /// <summary>System RAM that the GPU cannot reach.</summary>
    System = 0,

    /// <summary>System RAM that the GPU reaches through the AGP/GART aperture.</summary>
    Gtt = 1,

    /// <summary>The card's own memory.</summary>
    Vram = 2,

    /// <summary>The first kind of a driver's own.</summary>
    Private0 = 3,

    /// <summary>The second kind of a driver's own.</summary>
    Private1 = 4,

    /// <summary>The third kind of a driver's own.</summary>
    Private2 = 5,

    /// <summary>The fourth kind of a driver's own.</summary>
    Private3 = 6,

    /// <summary>The fifth kind of a driver's own.</summary>
    Private4 = 7,
}
