using System;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <summary>The system pages of one object. Lock: the object's reservation.</summary>
/// <remarks>Source: ttm_tt, for flags and life.</remarks>
public sealed class TranslationTable
{
    private RangeList _pages;
    private ulong[]? _backup; // One handle of the swap store per page; 0 = none.
    private ulong _storedPages; // Of the end of the table: they are in the store only

    /// <summary>A table without pages.</summary>
    /// <param name="sizeBytes">Size; rounded up to whole pages.</param>
    /// <param name="caching">How the CPU maps the pages.</param>
    /// <param name="flags">What is special.</param>
    /// <param name="extraPages">Pages beyond the size, for a driver's own use.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is 0.</exception>
    public TranslationTable(
        ulong sizeBytes, Caching caching, TranslationFlags flags = TranslationFlags.ZeroAlloc, ulong extraPages = 0)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sizeBytes);
        PageCount = Pages.Count(sizeBytes) + extraPages;
        Caching = caching;
        Flags = flags;
    }

    /// <summary>Number of pages, the extra ones included.</summary>
    public ulong PageCount { get; }

    /// <summary>Size, bytes; whole pages.</summary>
    public ulong SizeBytes => Pages.Bytes(PageCount);

    /// <summary>How the CPU maps the pages.</summary>
    public Caching Caching { get; }

    /// <summary>What is special.</summary>
    public TranslationFlags Flags { get; private set; }

    /// <summary>True while the pages exist, here or with whoever owns them.</summary>
    public bool IsPopulated => (HasPages && _storedPages == 0) || (Flags & TranslationFlags.PrivatePopulated) != 0;

    /// <summary>Pages that are here; the others are in the swap store, or were never made.</summary>
    public ulong ResidentPages => HasPages ? PageCount - _storedPages : 0;

    /// <summary>True when pages are in the swap store, all or some.</summary>
    public bool HasBackup => _backup is not null;

    internal ulong ContentHash { get; set; } // While the contents are in the store and the device checks them

    internal bool HasPages => _pages.Count != 0;

    /// <summary>True when pages must come back from the store before anyone may use them.</summary>
    internal bool NeedsRestore => _storedPages != 0;

    internal ulong StoredPages => _storedPages;

    internal ulong[]? Backup => _backup;

    /// <summary>The page of system RAM behind a page of the object. Only while there are pages.</summary>
    /// <param name="pageIndex">Page of the object.</param>
    /// <param name="runPages">Pages that follow consecutively, this one included.</param>
    public ulong PageAt(ulong pageIndex, out ulong runPages)
    {
        ulong address = _pages.AddressOf(Pages.Bytes(pageIndex), out ulong runBytes);
        runPages = runBytes >> Pages.Shift;
        return address >> Pages.Shift;
    }

    internal MmStatus Populate(SystemPages source, bool clear)
    {
        if (IsPopulated)
        {
            return MmStatus.Ok;
        }

        if ((Flags & TranslationFlags.External) != 0)
        {
            Flags |= TranslationFlags.PrivatePopulated;
            return MmStatus.Ok;
        }

        return source.TryTake(SizeBytes, Caching, clear, ref _pages);
    }

    internal void Unpopulate(SystemPages source)
    {
        _storedPages = 0;
        Flags &= ~TranslationFlags.PrivatePopulated;
        if (HasPages)
        {
            source.Give(Caching, ref _pages);
        }
    }

    /// <summary>What was in it is dropped: pages that are made for it from now on read as zero.</summary>
    internal void MarkForClearing() => Flags |= TranslationFlags.ZeroAlloc;

    /// <summary>Exchanges the pages for an empty list, of which the array is reused; the table is then unpopulated.</summary>
    internal void Detach(ref RangeList into)
    {
        Flags &= ~TranslationFlags.PrivatePopulated;
        (into, _pages) = (_pages, into);
    }

    /// <summary>Opens, or finds, the list of backup handles.</summary>
    internal ulong[] OpenBackup()
    {
        Flags |= TranslationFlags.BackedUp;
        return _backup ??= new ulong[PageCount];
    }

    /// <summary>Pages that are in the store.</summary>
    internal int CountBackedUp()
    {
        int count = 0;
        foreach (ulong handle in _backup ?? [])
        {
            count += handle != 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>Makes the last page one that can be given away alone. Its first byte, or why it cannot.</summary>
    internal MmStatus TryPartLastPage(SystemPages source, out ulong startBytes)
    {
        MmStatus status = source.TrySplitLastPage(ref _pages);
        startBytes = _pages[_pages.Count - 1].Range.StartBytes;
        return status;
    }

    /// <summary>Gives the last page away: it was parted from its run, and is in the store.</summary>
    internal void GiveLastPage(SystemPages source)
    {
        RangeList page = default;
        page.Add(_pages.RemoveLast());
        _storedPages++;
        source.Give(Caching, ref page);
    }

    /// <summary>Takes pages back behind those that are here: they were read from the store.</summary>
    internal void AppendRuns(in RangeList runs, SwapStore store)
    {
        ulong first = ResidentPages;
        ulong count = runs.SizeBytes >> Pages.Shift;
        for (int i = 0; i < runs.Count; i++)
        {
            _pages.Add(runs[i]);
        }

        for (ulong page = first; page < first + count; page++)
        {
            store.Free(_backup![page]);
            _backup[page] = 0;
        }

        _storedPages -= count;
        Flags = (Flags & ~TranslationFlags.Swapped) | TranslationFlags.BackedUp;
    }

    /// <summary>All pages are in the store, and none is left here.</summary>
    internal void MarkSwapped() => Flags = (Flags & ~TranslationFlags.BackedUp) | TranslationFlags.Swapped;

    /// <summary>Forgets the copies in the store: the pages here count, or nothing does any more.</summary>
    internal void DropBackup(SwapStore? store)
    {
        _storedPages = 0;
        if (_backup is not null)
        {
            foreach (ulong handle in _backup)
            {
                if (handle != 0)
                {
                    store!.Free(handle);
                }
            }

            _backup = null;
        }

        Flags &= ~(TranslationFlags.Swapped | TranslationFlags.BackedUp);
    }
}
