using System;
using GpuMm.Paging;
using GpuMm.Ranges;

namespace GpuMm.Objects;

/// <summary>Free chunks by caching and order. Lock: whoever owns the pages.</summary>
internal sealed class PagePoolLists
{
    private const int CachingCount = (int)Caching.Uncached + 1;

    private readonly SpaceRange[][] _chunks = new SpaceRange[CachingCount * (PagePool.MaxOrder + 1)][];
    private readonly int[] _counts = new int[CachingCount * (PagePool.MaxOrder + 1)];

    public PagePoolLists()
    {
        Array.Fill(_chunks, []);
    }

    public ulong PageCount { get; private set; }

    public int Count(Caching caching, int order) => _counts[Index(caching, order)];

    public void Push(Caching caching, int order, SpaceRange chunk)
    {
        int index = Index(caching, order);
        if (_counts[index] == _chunks[index].Length)
        {
            Array.Resize(ref _chunks[index], Math.Max(8, _counts[index] * 2));
        }

        _chunks[index][_counts[index]++] = chunk;
        PageCount += 1ul << order;
    }

    public bool TryPop(Caching caching, int order, out SpaceRange chunk)
    {
        int index = Index(caching, order);
        chunk = default;
        if (_counts[index] == 0)
        {
            return false;
        }

        chunk = _chunks[index][--_counts[index]];
        PageCount -= 1ul << order;
        return true;
    }

    private static int Index(Caching caching, int order) => ((int)caching * (PagePool.MaxOrder + 1)) + order;
}
