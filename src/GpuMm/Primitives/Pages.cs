namespace GpuMm.Primitives;

/// <summary>The page of the model: 4 KiB, the unit of page tables, of resources and of backing.</summary>
public static class Pages
{
    /// <summary>Bits of an address inside a page.</summary>
    public const int Shift = 12;

    /// <summary>Bytes in a page.</summary>
    public const ulong SizeBytes = 1ul << Shift;

    /// <summary>Pages that hold a number of bytes, rounded up. Never wraps.</summary>
    /// <param name="sizeBytes">Bytes.</param>
    public static ulong Count(ulong sizeBytes) =>
        (sizeBytes >> Shift) + ((sizeBytes & (SizeBytes - 1)) == 0 ? 0ul : 1ul);

    /// <summary>Bytes in a number of pages.</summary>
    /// <param name="pageCount">Pages, below 2^52.</param>
    public static ulong Bytes(ulong pageCount) => pageCount << Shift;
}
