namespace GpuMm.Paging;

/// <summary>512 entries: 2 MiB of addresses. Its monitor guards the entries and every access through them.</summary>
internal sealed class PageTableLeaf(ulong firstPage)
{
    public const int Bits = 9;
    public const int EntryCount = 1 << Bits;
    public const ulong IndexMask = EntryCount - 1;

    /// <summary>The virtual page of entry 0.</summary>
    public readonly ulong FirstPage = firstPage;

    /// <summary>Packed <see cref="Pte"/>s. Lock: this leaf.</summary>
    public readonly ulong[] Entries = new ulong[EntryCount];

    /// <summary>Number of present entries. Lock: this leaf.</summary>
    public int PresentCount;
}
