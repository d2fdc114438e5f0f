namespace GpuMm.Paging;

/// <summary>How the CPU's caches treat a mapping.</summary>
public enum Caching : byte
{
    /// <summary>Write-back: ordinary memory.</summary>
    Cached = 0,

    /// <summary>Writes are gathered in buffers; reads are slow.</summary>
    WriteCombined = 1,

    /// <summary>Each access goes to the device.</summary>
    Uncached = 2,
}
