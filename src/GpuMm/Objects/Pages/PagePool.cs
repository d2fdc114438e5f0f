using System.Diagnostics;
using System.Numerics;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <summary>
/// Keeps freed pages by caching and order, because to change how the CPU caches a page is dear: caches and translations
/// must be flushed. Pages in the pool are zero.
/// </summary>
/// <remarks>
/// Cached pages are pooled only for the DMA allocator, whose lists are the pool's own; all else goes to the shared lists.
/// Lock: the owner's. Source: ttm_pool, for orders and lists.
/// </remarks>
internal sealed class PagePool
{
    /// <summary>The largest chunk: 2^10 pages, 4 MiB.</summary>
    public const int MaxOrder = 10;

    private readonly ISpaceAllocator _allocator;
    private readonly ulong _limitPages;

    public PagePool(ISpaceAllocator allocator, ulong limitBytes, bool usesDmaAllocator, bool usesDma32, PagePoolLists shared)
    {
        _allocator = allocator;
        _limitPages = Pages.Count(limitBytes);
        UsesDmaAllocator = usesDmaAllocator;
        UsesDma32 = usesDma32;
        Shared = shared;
    }

    public bool UsesDmaAllocator { get; }

    public bool UsesDma32 { get; }

    /// <summary>The device's own lists, for the DMA allocator.</summary>
    public PagePoolLists Own { get; } = new();

    /// <summary>The lists that all pools of the same memory share.</summary>
    public PagePoolLists Shared { get; }

    public ulong PageCount => Own.PageCount + Shared.PageCount;

    private PagePoolLists Lists => UsesDmaAllocator ? Own : Shared;

    /// <summary>Whether pages of a caching come back to the pool.</summary>
    public bool IsPooled(Caching caching) => _limitPages > 0 && (caching != Caching.Cached || UsesDmaAllocator);

    /// <summary>Takes chunks, the largest first; what the lists lack comes from the allocator.</summary>
    /// <param name="pageCount">Pages wanted.</param>
    /// <param name="caching">How the CPU will map them.</param>
    /// <param name="into">Empty; receives the chunks, stays empty on failure.</param>
    /// <param name="dirty">Receives those that must be cleared yet.</param>
    public MmStatus TryTake(ulong pageCount, Caching caching, ref RangeList into, ref RangeList dirty)
    {
        int order = MaxOrder;
        for (ulong left = pageCount; left > 0;)
        {
            order = System.Math.Min(order, BitOperations.Log2(left));
            if (IsPooled(caching) && Lists.TryPop(caching, order, out SpaceRange chunk))
            {
                into.Add(chunk);
                left -= 1ul << order;
            }
            else if (TryAllocate(order, out chunk))
            {
                into.Add(chunk);
                dirty.Add(chunk);
                left -= 1ul << order;
            }
            else if (order > 0)
            {
                order--;
            }
            else if (Shrink(left) == 0)
            {
                Undo(ref into);
                dirty.Clear();
                return MmStatus.OutOfMemory;
            }
            else
            {
                order = MaxOrder;
            }
        }

        return MmStatus.Ok;
    }

    /// <summary>Gives chunks back. Those that are pooled must be zero already.</summary>
    public void Give(Caching caching, ref RangeList pages)
    {
        for (int i = 0; i < pages.Count; i++)
        {
            ulong chunkPages = Pages.Count(pages[i].Range.SizeBytes);
            Debug.Assert(BitOperations.IsPow2(chunkPages), "The pool gives out whole orders.");
            if (IsPooled(caching))
            {
                Lists.Push(caching, BitOperations.Log2(chunkPages), pages[i]);
            }
            else
            {
                Free(pages[i]);
            }
        }

        pages.Clear();
        if (PageCount > _limitPages)
        {
            Shrink(PageCount - _limitPages);
        }
    }

    /// <summary>Gives pooled pages to the allocator, large chunks last.</summary>
    /// <returns>Pages given; at least as many as asked for while there are any.</returns>
    public ulong Shrink(ulong pageCount) => Shrink(Own, pageCount, 0) is var own && own < pageCount
        ? own + Shrink(Shared, pageCount - own, 0)
        : own;

    private ulong Shrink(PagePoolLists lists, ulong pageCount, ulong freed)
    {
        for (int order = 0; order <= MaxOrder; order++)
        {
            for (Caching caching = Caching.Cached; caching <= Caching.Uncached; caching++)
            {
                while (freed < pageCount && lists.TryPop(caching, order, out SpaceRange chunk))
                {
                    Free(chunk);
                    freed += 1ul << order;
                }
            }
        }

        return freed;
    }

    private bool TryAllocate(int order, out SpaceRange chunk)
    {
        RangeList piece = default;
        SpaceRequest request = new(
            Pages.Bytes(1ul << order), Pages.SizeBytes, 0, UsesDma32 && _allocator.SizeBytes > 1ul << 32 ? 1ul << 32 : 0, SpaceFlags.Contiguous);
        bool isTaken = _allocator.TryAllocate(request, ref piece) == MmStatus.Ok;
        chunk = isTaken ? piece[0] : default;
        return isTaken;
    }

    private void Undo(ref RangeList into)
    {
        for (int i = 0; i < into.Count; i++)
        {
            Free(into[i]); // Not to the lists: some of it may be dirty.
        }

        into.Clear();
    }

    private void Free(SpaceRange chunk)
    {
        RangeList piece = default;
        piece.Add(chunk);
        _allocator.Release(ref piece);
    }
}
