using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <summary>The system pages of one object. Lock: the object's reservation.</summary>
public sealed class TranslationTable
{
    private RangeList _pages;

    internal TranslationTable(ulong sizeBytes, Caching caching)
    {
        SizeBytes = sizeBytes;
        Caching = caching;
    }

    /// <summary>Size, bytes; whole pages.</summary>
    public ulong SizeBytes { get; }

    /// <summary>How the CPU maps the pages.</summary>
    public Caching Caching { get; }

    /// <summary>True while the pages exist.</summary>
    public bool IsPopulated => _pages.Count != 0;

    internal ref RangeList Ranges => ref _pages;

    /// <summary>The page of system RAM behind a page of the object. Only while populated.</summary>
    /// <param name="pageIndex">Page of the object.</param>
    /// <param name="runPages">Pages that follow consecutively, this one included.</param>
    public ulong PageAt(ulong pageIndex, out ulong runPages)
    {
        ulong address = _pages.AddressOf(Pages.Bytes(pageIndex), out ulong runBytes);
        runPages = runBytes >> Pages.Shift;
        return address >> Pages.Shift;
    }

    internal MmStatus Populate(SystemPages source, bool clear) =>
        IsPopulated ? MmStatus.Ok : source.TryTake(SizeBytes, clear, ref _pages);

    internal void Unpopulate(SystemPages source)
    {
        if (IsPopulated)
        {
            source.Give(ref _pages);
        }
    }

    /// <summary>Exchanges the pages for an empty list, of which the array is reused; the table is then unpopulated.</summary>
    internal void Detach(ref RangeList into) => (into, _pages) = (_pages, into);
}
