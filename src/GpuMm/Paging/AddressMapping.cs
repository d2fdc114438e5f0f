using System;
using System.Collections.Generic;
using GpuMm.Primitives;

namespace GpuMm.Paging;

/// <summary>All areas, of every address space, that map the pages of one device file: how a move finds them.</summary>
/// <remarks>
/// Areas are kept sorted by their first file page. A search starts at the first area that could reach into the window,
/// which the longest area ever added bounds. Lock: its own, above the page tables and below the reservations.
/// </remarks>
public sealed class AddressMapping
{
    private readonly RankedLock _lock = new(LockRank.AddressMapping);
    private VmArea[] _areas = new VmArea[16]; // Lock: _lock; sorted by Window.FirstPage
    private int _count; // Lock: _lock
    private ulong _longestPages; // Lock: _lock

    /// <summary>Number of areas.</summary>
    public int AreaCount
    {
        get
        {
            using RankedLock.Scope scope = _lock.Enter();
            return _count;
        }
    }

    /// <summary>
    /// Revokes every entry that shows a page of the window, in every address space. When it returns, no access through
    /// such an entry is under way any more.
    /// </summary>
    /// <param name="window">The file pages.</param>
    /// <returns>Entries removed.</returns>
    /// <remarks>
    /// Lock: the caller holds what the fault handlers of these pages hold while they insert. Cost: O(log areas + areas
    /// in the window + pages). Source: the kernel's unmap_mapping_range.
    /// </remarks>
    public int Unmap(PageWindow window)
    {
        using RankedLock.Scope scope = _lock.Enter();
        int zapped = 0;
        for (int i = FirstThatReaches(window.FirstPage); i < _count && _areas[i].Window.FirstPage < window.EndPage; i++)
        {
            VmArea area = _areas[i];
            ulong first = Math.Max(window.FirstPage, area.Window.FirstPage);
            ulong end = Math.Min(window.EndPage, area.Window.EndPage);
            if (first < end)
            {
                zapped += area.Space.ZapPages(area, first, end - first);
            }
        }

        return zapped;
    }

    /// <summary>Copies the areas that show a page of the window into a list, for checks and dumps.</summary>
    /// <param name="window">The file pages.</param>
    /// <param name="into">Receives them.</param>
    public void CollectAreas(PageWindow window, ICollection<VmArea> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        using RankedLock.Scope scope = _lock.Enter();
        for (int i = FirstThatReaches(window.FirstPage); i < _count && _areas[i].Window.FirstPage < window.EndPage; i++)
        {
            if (_areas[i].Window.EndPage > window.FirstPage)
            {
                into.Add(_areas[i]);
            }
        }
    }

    internal void Add(VmArea area)
    {
        using RankedLock.Scope scope = _lock.Enter();
        if (_count == _areas.Length)
        {
            Array.Resize(ref _areas, _count * 2);
        }

        int at = LowerBound(area.Window.FirstPage + 1);
        Array.Copy(_areas, at, _areas, at + 1, _count - at);
        _areas[at] = area;
        _count++;
        _longestPages = Math.Max(_longestPages, area.Window.PageCount);
    }

    internal void Remove(VmArea area)
    {
        using RankedLock.Scope scope = _lock.Enter();
        int at = LowerBound(area.Window.FirstPage);
        while (!ReferenceEquals(_areas[at], area))
        {
            at++;
        }

        Array.Copy(_areas, at + 1, _areas, at, _count - at - 1);
        _areas[--_count] = null!;
    }

    private int FirstThatReaches(ulong page) => LowerBound(page < _longestPages ? 0 : page - _longestPages + 1);

    private int LowerBound(ulong firstPage)
    {
        int low = 0;
        int high = _count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_areas[middle].Window.FirstPage < firstPage)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
