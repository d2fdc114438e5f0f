namespace GpuMm.Paging;

/// <summary>What to map.</summary>
/// <param name="Window">The file pages; at least one.</param>
/// <param name="Protection">What to allow.</param>
/// <param name="PrivateData">What the operations need to know about the area.</param>
public readonly record struct VmAreaDescription(PageWindow Window, VmProtection Protection, object? PrivateData = null)
{
    /// <summary>Where to map it; null leaves that to the address space. A multiple of the base page.</summary>
    public ulong? FixedAddress { get; init; }

    /// <summary>With a fixed address: what is mapped there goes. Otherwise such a mapping is refused.</summary>
    public bool Replaces { get; init; }

    /// <summary>How the CPU's caches treat it; null leaves it to the handler.</summary>
    public Caching? Caching { get; init; }

    /// <summary>Asks for copy-on-write. Device memory is shared only, so together with writing it is refused.</summary>
    public bool IsPrivate { get; init; }
}
