using System;

namespace GpuMm.Eviction;

/// <summary>
/// LFU: the smallest count goes first, and among equals whoever reached that count first. Counts are forgotten on eviction.
/// </summary>
/// <remarks>Every call is O(1): objects of one count form a list, and the lists are linked in the order of their counts.</remarks>
public struct LfuPolicy : IEvictionPolicy
{
    // State of a node: bucket + 1 while resident, Selected | count while selected, 0 for nothing known.
    private const uint Selected = 1u << 31;

    private PolicyNodes<PolicyNode> _nodes;
    private LfuBucket[] _buckets;
    private int _bucketCount; // made so far, free ones included
    private int _freeBucket;
    private int _lowest;

    /// <inheritdoc/>
    public void Start(long capacity, bool mayRefuse)
    {
        _nodes.Clear();
        _buckets ??= new LfuBucket[64];
        _bucketCount = 0;
        _freeBucket = -1;
        _lowest = -1;
    }

    /// <inheritdoc/>
    public void Reserve(int slotCount) => _nodes.Reserve(slotCount);

    /// <inheritdoc/>
    public readonly void Prefetch(int slot) => _nodes.Prefetch(slot);

    /// <inheritdoc/>
    public readonly void PrefetchNeighbours(int slot)
    {
        if (_lowest >= 0)
        {
            _buckets[_lowest].List.RunAhead(_nodes);
        }

        if (IsResident(slot))
        {
            PolicyList.PrefetchNeighbours(_nodes, slot);
        }
    }

    /// <inheritdoc/>
    public readonly bool IsResident(int slot) => _nodes[slot].State is > 0 and < Selected;

    /// <inheritdoc/>
    public readonly uint SizeOf(int slot) => _nodes[slot].Size;

    /// <inheritdoc/>
    public void Hit(int slot)
    {
        ref PolicyNode node = ref _nodes[slot];
        int at = (int)node.State - 1;
        ref LfuBucket bucket = ref _buckets[at];
        uint count = bucket.Count + 1;
        if (count == Selected)
        {
            return; // Two thousand million uses are as many as can be told apart.
        }

        int higher = bucket.Higher;
        bool isNextThere = higher >= 0 && _buckets[higher].Count == count;
        if (bucket.List.Head == bucket.List.Tail && !isNextThere)
        {
            bucket.Count = count; // Alone, and stays alone.
            return;
        }

        int to = isNextThere ? higher : AddBucket(count, lower: at, higher);
        bucket = ref _buckets[at]; // The array may have grown.
        bucket.List.Remove(ref _nodes, slot);
        if (bucket.List.IsEmpty)
        {
            FreeBucket(at);
        }

        node.State = (uint)to + 1;
        _buckets[to].List.PushHead(ref _nodes, slot);
    }

    /// <inheritdoc/>
    public readonly bool Miss(int slot, uint size) => true;

    /// <inheritdoc/>
    public int SelectVictim(int incoming, uint size)
    {
        if (_lowest < 0)
        {
            return -1;
        }

        ref LfuBucket bucket = ref _buckets[_lowest];
        int slot = bucket.List.PopTail(ref _nodes);
        _nodes[slot].State = Selected | bucket.Count;
        if (bucket.List.IsEmpty)
        {
            FreeBucket(_lowest);
        }

        return slot;
    }

    /// <inheritdoc/>
    public readonly void Evict(int slot) => _nodes[slot].State = 0;

    /// <inheritdoc/>
    public void Restore(int slot)
    {
        // Usually the lowest; others may have come meanwhile with less.
        uint count = _nodes[slot].State & ~Selected;
        int lower = -1;
        int at = _lowest;
        while (at >= 0 && _buckets[at].Count < count)
        {
            lower = at;
            at = _buckets[at].Higher;
        }

        if (at < 0 || _buckets[at].Count != count)
        {
            at = AddBucket(count, lower, at);
        }

        _nodes[slot].State = (uint)at + 1;
        _buckets[at].List.PushTail(ref _nodes, slot);
    }

    /// <inheritdoc/>
    public bool Insert(int slot, uint size)
    {
        int at = _lowest >= 0 && _buckets[_lowest].Count == 1 ? _lowest : AddBucket(1, lower: -1, _lowest);
        ref PolicyNode node = ref _nodes[slot];
        node.Size = size;
        node.State = (uint)at + 1;
        _buckets[at].List.PushHead(ref _nodes, slot);
        return true;
    }

    /// <inheritdoc/>
    public void Remove(int slot)
    {
        if (IsResident(slot))
        {
            int at = (int)_nodes[slot].State - 1;
            _buckets[at].List.Remove(ref _nodes, slot);
            if (_buckets[at].List.IsEmpty)
            {
                FreeBucket(at);
            }
        }

        _nodes[slot].State = 0;
    }

    private int AddBucket(uint count, int lower, int higher)
    {
        int at = _freeBucket;
        if (at >= 0)
        {
            _freeBucket = _buckets[at].Higher;
        }
        else
        {
            at = _bucketCount++;
            if (at == _buckets.Length)
            {
                Array.Resize(ref _buckets, 2 * at);
            }
        }

        _buckets[at] = new LfuBucket { List = PolicyList.Empty, Count = count, Lower = lower, Higher = higher };
        if (higher >= 0)
        {
            _buckets[higher].Lower = at;
        }

        if (lower < 0)
        {
            _lowest = at;
        }
        else
        {
            _buckets[lower].Higher = at;
        }

        return at;
    }

    private void FreeBucket(int at)
    {
        ref LfuBucket bucket = ref _buckets[at];
        if (bucket.Lower < 0)
        {
            _lowest = bucket.Higher;
        }
        else
        {
            _buckets[bucket.Lower].Higher = bucket.Higher;
        }

        if (bucket.Higher >= 0)
        {
            _buckets[bucket.Higher].Lower = bucket.Lower;
        }

        bucket.Higher = _freeBucket;
        _freeBucket = at;
    }
}
