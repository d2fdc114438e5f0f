namespace GpuMm.Paging;

/// <summary>How an address space is made.</summary>
public sealed record AddressSpaceOptions
{
    /// <summary>Size of a base page, bytes: 4, 16 or 64 KiB. Areas start and end at multiples of it.</summary>
    public ulong BasePageBytes { get; init; } = 4096;

    /// <summary>Lets handlers use entries of 2 MiB and 1 GiB. With base pages of 4 KiB only.</summary>
    public bool UsesHugePages { get; init; }

    /// <summary>Hears every step of every fault, or null.</summary>
    public IFaultTrace? Trace { get; init; }
}
