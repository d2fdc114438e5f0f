using GpuMm.Eviction;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>The device's own list: least recently used, 8 bytes for each object.</summary>
internal struct CompactList : ICompactRanking
{
    private const int Out = -2; // In place of a neighbour: it is not in the list.

    private PolicyNodes<CompactLink> _links;
    private int _youngest;
    private int _known; // Links below it are set.

    /// <inheritdoc/>
    public static bool IsList => true;

    /// <inheritdoc/>
    public int Oldest { get; private set; }

    /// <inheritdoc/>
    public readonly int After(int slot) => _links[slot].Younger;

    /// <inheritdoc/>
    public void Start(long capacity, bool mayRefuse)
    {
        _youngest = -1;
        Oldest = -1;
    }

    /// <inheritdoc/>
    public void Reserve(int slotCount)
    {
        _links.Reserve(slotCount);
        for (; _known < _links.Count; _known++)
        {
            _links[_known].Older = Out;
        }
    }

    /// <inheritdoc/>
    public readonly void Prefetch(int slot) => _links.Prefetch(slot);

    /// <inheritdoc/>
    public readonly void PrefetchNeighbours(int slot)
    {
        ref CompactLink link = ref _links[slot];
        if (link.Older >= 0)
        {
            _links.Prefetch(link.Older);
        }

        if (link.Older != Out && link.Younger >= 0)
        {
            _links.Prefetch(link.Younger);
        }
    }

    /// <inheritdoc/>
    public readonly bool IsResident(int slot) => _links[slot].Older != Out;

    /// <inheritdoc/>
    public readonly uint SizeOf(int slot) => 0;

    /// <inheritdoc/>
    public void Hit(int slot)
    {
        if (_youngest != slot)
        {
            Unlink(slot);
            Insert(slot, 0);
        }
    }

    /// <inheritdoc/>
    public readonly bool Miss(int slot, uint size) => true;

    /// <inheritdoc/>
    public int SelectVictim(int incoming, uint size)
    {
        int slot = Oldest;
        if (slot >= 0)
        {
            Unlink(slot);
            _links[slot].Older = Out;
        }

        return slot;
    }

    /// <inheritdoc/>
    public readonly void Evict(int slot)
    {
    }

    /// <inheritdoc/>
    public void Restore(int slot)
    {
        _links[slot] = new CompactLink { Older = -1, Younger = Oldest };
        if (Oldest >= 0)
        {
            _links[Oldest].Older = slot;
        }
        else
        {
            _youngest = slot;
        }

        Oldest = slot;
    }

    /// <inheritdoc/>
    public bool Insert(int slot, uint size)
    {
        _links[slot] = new CompactLink { Older = _youngest, Younger = -1 };
        if (_youngest >= 0)
        {
            _links[_youngest].Younger = slot;
        }
        else
        {
            Oldest = slot;
        }

        _youngest = slot;
        return true;
    }

    /// <inheritdoc/>
    public void Remove(int slot)
    {
        if (IsResident(slot))
        {
            Unlink(slot);
            _links[slot].Older = Out;
        }
    }

    private void Unlink(int slot)
    {
        CompactLink link = _links[slot];
        if (link.Older >= 0)
        {
            _links[link.Older].Younger = link.Younger;
        }
        else
        {
            Oldest = link.Younger;
        }

        if (link.Younger >= 0)
        {
            _links[link.Younger].Older = link.Older;
        }
        else
        {
            _youngest = link.Older;
        }
    }
}
