using System;
using System.Collections.Generic;
using System.Threading;
using GpuMm.Primitives;

namespace GpuMm.Paging;

/// <summary>All areas, of every address space, that map the pages of one device file: how a move finds them.</summary>
/// <remarks>
/// Areas are kept in an interval tree; one whose pages are in an order of its own stands there with the window that
/// encloses them all. Lock: its own, above the page tables and below the reservations.
/// </remarks>
public sealed class AddressMapping
{
    private readonly RankedLock _lock = new(LockRank.AddressMapping);
    private readonly AreaTree _areas = new(); // Lock: _lock
    private ulong _zapCount; // Lock: _lock to change

    /// <summary>Number of areas.</summary>
    public int AreaCount
    {
        get
        {
            using RankedLock.Scope scope = _lock.Enter();
            return _areas.Count;
        }
    }

    /// <summary>How often something was revoked. Grows before the entries of a revocation go.</summary>
    public ulong ZapCount => Volatile.Read(ref _zapCount);

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
        Volatile.Write(ref _zapCount, _zapCount + 1);
        Revoker revoker = default;
        _areas.Visit(window, ref revoker);
        return revoker.ZappedCount;
    }

    /// <summary>Copies the areas that show a page of the window into a list, for checks and dumps.</summary>
    /// <param name="window">The file pages.</param>
    /// <param name="into">Receives them.</param>
    public void CollectAreas(PageWindow window, ICollection<VmArea> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        using RankedLock.Scope scope = _lock.Enter();
        Collector collector = new(into);
        _areas.Visit(window, ref collector);
    }

    /// <summary>Checks the tree of areas; null when it is sound. Cost: O(areas).</summary>
    public string? Validate()
    {
        using RankedLock.Scope scope = _lock.Enter();
        return _areas.Validate();
    }

    internal void Add(VmArea area)
    {
        using RankedLock.Scope scope = _lock.Enter();
        _areas.Add(area);
    }

    internal void Remove(VmArea area)
    {
        using RankedLock.Scope scope = _lock.Enter();
        _areas.Remove(area);
    }

    /// <summary>Changes what an area shows, and what takes over or gives up the rest, as one step to every move.</summary>
    internal void Change(VmArea area, PageWindow window, ulong[]? filePages, VmArea? added, VmArea? removed)
    {
        using RankedLock.Scope scope = _lock.Enter();
        _areas.Remove(area);
        area.SetWindow(window, filePages);
        _areas.Add(area);
        if (removed is not null)
        {
            _areas.Remove(removed);
        }

        if (added is not null)
        {
            _areas.Add(added);
        }
    }

    private struct Revoker : IAreaVisitor
    {
        public int ZappedCount;

        public void Visit(VmArea area, PageWindow window)
        {
            if (area.FilePages is { } filePages)
            {
                VisitNonLinear(area, filePages, window);
                return;
            }

            ulong first = Math.Max(window.FirstPage, area.Window.FirstPage);
            ulong end = Math.Min(window.EndPage, area.Window.EndPage);
            ZappedCount += area.Space.ZapPages(area, first - area.Window.FirstPage, end - first);
        }

        // File pages in any order: look at each, and revoke runs of neighbours in the area.
        private void VisitNonLinear(VmArea area, ulong[] filePages, PageWindow window)
        {
            for (int i = 0; i < filePages.Length; i++)
            {
                int start = i;
                while (i < filePages.Length && filePages[i] >= window.FirstPage && filePages[i] < window.EndPage)
                {
                    i++;
                }

                if (i > start)
                {
                    ZappedCount += area.Space.ZapPages(area, (ulong)start, (ulong)(i - start));
                }
            }
        }
    }

    private readonly struct Collector(ICollection<VmArea> into) : IAreaVisitor
    {
        public void Visit(VmArea area, PageWindow window) => into.Add(area);
    }
}
