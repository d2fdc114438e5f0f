namespace GpuMm.Backing;

/// <summary>How much of the contents of memory a device keeps.</summary>
public enum BackingKind : byte
{
    /// <summary>Nothing: placements only. Reads answer zero.</summary>
    None = 0,

    /// <summary>The first 8 bytes of every page: enough to prove that each page went where it should, at 1/512 of the cost.</summary>
    PageHeads = 1,

    /// <summary>Every byte, in native memory that is committed when first touched.</summary>
    Bytes = 2,
}
