using System;

namespace GpuMm.Eviction;

/// <summary>
/// GreedyDual-Size-Frequency: an object is worth its uses times its cost by its size, on top of the worth of the last one
/// evicted, so that old fame fades. The least worth goes first.
/// </summary>
/// <remarks>
/// Worth is kept in a heap of four children per node: O(log n) per call. Source: Cherkasova, "Improving WWW proxies
/// performance with Greedy-Dual-Size-Frequency caching policy" (HPL-98-69).
/// </remarks>
/// <typeparam name="TCost">What a return costs.</typeparam>
public struct GdsfPolicy<TCost> : IEvictionPolicy
    where TCost : struct, IEvictionCost
{
    private const int Arity = 4;

    private PolicyNodes<GdsfNode> _nodes;
    private int[] _heap; // slots, the least worth first
    private int _count;
    private double _age; // worth of the last one evicted
    private ulong _order;

    /// <inheritdoc/>
    public void Start(long capacity, bool mayRefuse)
    {
        _nodes.Clear();
        _count = 0;
        _age = 0;
        _order = 0;
    }

    /// <inheritdoc/>
    public void Reserve(int slotCount)
    {
        _nodes.Reserve(slotCount);
        _heap ??= [];
        if (_heap.Length < _nodes.Count)
        {
            Array.Resize(ref _heap, _nodes.Count);
        }
    }

    /// <inheritdoc/>
    public readonly void Prefetch(int slot) => _nodes.Prefetch(slot);

    /// <inheritdoc/>
    public readonly void PrefetchNeighbours(int slot)
    {
        // A heap has no neighbours that could be told early.
    }

    /// <inheritdoc/>
    public readonly bool IsResident(int slot) => _nodes[slot].Place > 0;

    /// <inheritdoc/>
    public readonly uint SizeOf(int slot) => _nodes[slot].Size;

    /// <inheritdoc/>
    public void Hit(int slot)
    {
        ref GdsfNode node = ref _nodes[slot];
        node.Count++;
        SetWorth(ref node);
        SiftDown(node.Place - 1, slot);
    }

    /// <inheritdoc/>
    public readonly bool Miss(int slot, uint size) => true;

    /// <inheritdoc/>
    public int SelectVictim(int incoming, uint size)
    {
        if (_count == 0)
        {
            return -1;
        }

        int slot = _heap[0];
        TakeOut(slot);
        return slot;
    }

    /// <inheritdoc/>
    public void Evict(int slot)
    {
        _age = Math.Max(_age, _nodes[slot].Worth);
        _nodes[slot].Count = 0;
    }

    /// <inheritdoc/>
    public void Restore(int slot) => SiftUp(_count++, slot);

    /// <inheritdoc/>
    public bool Insert(int slot, uint size)
    {
        ref GdsfNode node = ref _nodes[slot];
        node.Size = size;
        node.Count = 1;
        SetWorth(ref node);
        SiftUp(_count++, slot);
        return true;
    }

    /// <inheritdoc/>
    public void Remove(int slot)
    {
        if (IsResident(slot))
        {
            TakeOut(slot);
        }

        _nodes[slot].Count = 0;
    }

    private void SetWorth(ref GdsfNode node)
    {
        node.Worth = _age + (node.Count * TCost.PerReturn(node.Size) / node.Size);
        node.Order = _order++;
    }

    private void TakeOut(int slot)
    {
        int place = _nodes[slot].Place - 1;
        _nodes[slot].Place = 0;
        int last = _heap[--_count];
        if (last == slot)
        {
            return;
        }

        SiftUp(place, last);
        SiftDown(_nodes[last].Place - 1, last);
    }

    private readonly bool IsLess(int a, int b)
    {
        ref GdsfNode left = ref _nodes[a];
        ref GdsfNode right = ref _nodes[b];
        return left.Worth < right.Worth || (left.Worth.Equals(right.Worth) && left.Order < right.Order);
    }

    private readonly void SiftUp(int place, int slot)
    {
        while (place > 0)
        {
            int parent = (place - 1) / Arity;
            if (!IsLess(slot, _heap[parent]))
            {
                break;
            }

            Put(place, _heap[parent]);
            place = parent;
        }

        Put(place, slot);
    }

    private readonly void SiftDown(int place, int slot)
    {
        while (true)
        {
            int first = (place * Arity) + 1;
            if (first >= _count)
            {
                break;
            }

            int least = first;
            int end = Math.Min(first + Arity, _count);
            for (int child = first + 1; child < end; child++)
            {
                if (IsLess(_heap[child], _heap[least]))
                {
                    least = child;
                }
            }

            if (!IsLess(_heap[least], slot))
            {
                break;
            }

            Put(place, _heap[least]);
            place = least;
        }

        Put(place, slot);
    }

    private readonly void Put(int place, int slot)
    {
        _heap[place] = slot;
        _nodes[slot].Place = place + 1;
    }
}
