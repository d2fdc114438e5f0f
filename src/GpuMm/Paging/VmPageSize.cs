namespace GpuMm.Paging;

/// <summary>Sizes of a large entry. The value is the number of 4 KiB pages.</summary>
public enum VmPageSize
{
    /// <summary>An ordinary entry.</summary>
    Base = 1,

    /// <summary>2 MiB.</summary>
    Large = 512,

    /// <summary>1 GiB.</summary>
    Giant = 512 * 512,
}
