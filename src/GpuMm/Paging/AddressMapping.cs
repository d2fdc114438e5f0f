using System;
using System.Collections.Generic;
using System.Threading;
using GpuMm.Primitives;

namespace GpuMm.Paging;

/// <summary>All areas, of every address space, that map the pages of one device file: how a move finds them.</summary>
/// <remarks>
/// Areas are kept in interval trees; one whose pages are in an order of its own stands there with the window that
/// encloses them all. A device file of many owners has several trees, and whoever owns an area names the one where it stays
/// (<see cref="IVmOperations.PartOf"/>): so threads that map and move what is their own do not meet. Lock: one per tree, above
/// the page tables and below the reservations; nobody holds two.
/// </remarks>
public sealed class AddressMapping
{
    private readonly Part[] _parts;

    /// <summary>A mapping of nothing.</summary>
    public AddressMapping()
        : this(partCount: 1)
    {
    }

    /// <summary>A mapping whose owners name one of several parts.</summary>
    internal AddressMapping(int partCount)
    {
        _parts = new Part[partCount];
        for (int i = 0; i < partCount; i++)
        {
            _parts[i] = new Part();
        }
    }

    /// <summary>Number of areas.</summary>
    public int AreaCount
    {
        get
        {
            int count = 0;
            foreach (Part part in _parts)
            {
                using RankedLock.Scope scope = part.Lock.Enter();
                count += part.Areas.Count;
            }

            return count;
        }
    }

    /// <summary>How often something was revoked. Grows before the entries of a revocation go.</summary>
    /// <remarks>Each part's number only grows: a sum that is the same again means that none grew in between.</remarks>
    public ulong ZapCount
    {
        get
        {
            ulong count = 0;
            foreach (Part part in _parts)
            {
                count = unchecked(count + Volatile.Read(ref part.ZapCount));
            }

            return count;
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
        // Who adds an area just now finds, after this fence, what the caller changed before; and a part that looks empty has no entry.
        Interlocked.MemoryBarrier();
        int zappedCount = 0;
        for (int i = 0; i < _parts.Length; i++)
        {
            zappedCount += Volatile.Read(ref _parts[i].AreaCount) == 0 ? 0 : Unmap(window, i);
        }

        return zappedCount;
    }

    /// <summary>The same for a window that only areas of one part show.</summary>
    internal int Unmap(PageWindow window, int partIndex)
    {
        Part part = _parts[partIndex];
        using RankedLock.Scope scope = part.Lock.Enter();
        Volatile.Write(ref part.ZapCount, unchecked(part.ZapCount + 1));
        Revoker revoker = default;
        part.Areas.Visit(window, ref revoker);
        return revoker.ZappedCount;
    }

    /// <summary>Copies the areas that show a page of the window into a list, for checks and dumps.</summary>
    /// <param name="window">The file pages.</param>
    /// <param name="into">Receives them.</param>
    public void CollectAreas(PageWindow window, ICollection<VmArea> into)
    {
        ArgumentNullException.ThrowIfNull(into);
        Collector collector = new(into);
        foreach (Part part in _parts)
        {
            using RankedLock.Scope scope = part.Lock.Enter();
            part.Areas.Visit(window, ref collector);
        }
    }

    /// <summary>Checks the trees of areas; null when they are sound. Cost: O(areas).</summary>
    public string? Validate()
    {
        foreach (Part part in _parts)
        {
            using RankedLock.Scope scope = part.Lock.Enter();
            string? problem = part.Areas.Validate();
            if (problem is not null || part.Areas.Count != part.AreaCount)
            {
                return problem ?? $"A part of {part.Areas.Count} areas says that it has {part.AreaCount}.";
            }
        }

        return null;
    }

    internal void Add(VmArea area)
    {
        Part part = PartOf(area);
        using RankedLock.Scope scope = part.Lock.Enter();
        part.Areas.Add(area);
        part.NoteCount();
    }

    internal void Remove(VmArea area)
    {
        Part part = PartOf(area);
        using RankedLock.Scope scope = part.Lock.Enter();
        part.Areas.Remove(area);
        part.NoteCount();
    }

    /// <summary>
    /// Changes what an area shows, and what takes over or gives up the rest, as one step to every move. All have one owner, and so
    /// one part.
    /// </summary>
    internal void Change(VmArea area, PageWindow window, ulong[]? filePages, VmArea? added, VmArea? removed)
    {
        Part part = PartOf(area);
        using RankedLock.Scope scope = part.Lock.Enter();
        part.Areas.Remove(area);
        area.SetWindow(window, filePages);
        part.Areas.Add(area);
        if (removed is not null)
        {
            part.Areas.Remove(removed);
        }

        if (added is not null)
        {
            part.Areas.Add(added);
        }

        part.NoteCount();
    }

    private Part PartOf(VmArea area) => _parts.Length == 1 ? _parts[0] : _parts[area.Operations.PartOf(area)];

    private sealed class Part
    {
        public readonly RankedLock Lock = new(LockRank.AddressMapping);
        public readonly AreaTree Areas = new(); // Lock: Lock
        public int AreaCount; // Lock: Lock to change; unlike the tree's never less while an area changes
        public ulong ZapCount; // Lock: Lock to change

        // Lock: Lock. The last step.
        public void NoteCount() => Volatile.Write(ref AreaCount, Areas.Count);
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
