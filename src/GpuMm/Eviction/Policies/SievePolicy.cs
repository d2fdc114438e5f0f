namespace GpuMm.Eviction;

/// <summary>
/// SIEVE: a queue whose order never changes, a bit that a hit sets, and a hand that walks from the tail to the head, clears
/// bits and evicts the first object without one.
/// </summary>
/// <remarks>Source: Zhang et al., "SIEVE is Simpler than LRU" (NSDI 2024), with the hand as libCacheSim moves it.</remarks>
public struct SievePolicy : IEvictionPolicy
{
    private const uint Resident = 1;
    private const uint Used = 2;
    private const uint Selected = 4;

    private PolicyNodes<PolicyNode> _nodes;
    private PolicyList _queue;
    private int _hand; // where the next search starts; -1 for the tail

    /// <inheritdoc/>
    public void Start(long capacity, bool mayRefuse)
    {
        _nodes.Clear();
        _queue = PolicyList.Empty;
        _hand = -1;
    }

    /// <inheritdoc/>
    public void Reserve(int slotCount) => _nodes.Reserve(slotCount);

    /// <inheritdoc/>
    public readonly void Prefetch(int slot) => _nodes.Prefetch(slot);

    /// <inheritdoc/>
    public readonly void PrefetchNeighbours(int slot)
    {
        // A hit changes nothing beside it.
    }

    /// <inheritdoc/>
    public readonly bool IsResident(int slot) => (_nodes[slot].State & Resident) != 0;

    /// <inheritdoc/>
    public readonly uint SizeOf(int slot) => _nodes[slot].Size;

    /// <inheritdoc/>
    public readonly void Hit(int slot) => _nodes[slot].State = Resident | Used;

    /// <inheritdoc/>
    public readonly bool Miss(int slot, uint size) => true;

    /// <inheritdoc/>
    public int SelectVictim(int incoming, uint size)
    {
        int slot = _hand >= 0 ? _hand : _queue.Tail;
        if (slot < 0)
        {
            return -1;
        }

        while (true)
        {
            ref PolicyNode node = ref _nodes[slot];
            if ((node.State & Used) == 0)
            {
                break;
            }

            node.State = Resident;
            slot = node.Previous >= 0 ? node.Previous : _queue.Tail;
        }

        _hand = _nodes[slot].Previous;
        _queue.Remove(ref _nodes, slot);
        if (_hand >= 0 && _nodes[_hand].Previous is >= 0 and int after)
        {
            _nodes.Prefetch(after); // The next search goes there.
        }

        _nodes[slot].State = Selected;
        return slot;
    }

    /// <inheritdoc/>
    public readonly void Evict(int slot) => _nodes[slot].State = 0;

    /// <inheritdoc/>
    public void Restore(int slot)
    {
        // The hand stands on the younger neighbour that the object had, and steps back onto it.
        _nodes[slot].State = Resident;
        if (_hand < 0)
        {
            _queue.PushHead(ref _nodes, slot);
        }
        else
        {
            _queue.InsertBehind(ref _nodes, _hand, slot);
        }

        _hand = slot;
    }

    /// <inheritdoc/>
    public bool Insert(int slot, uint size)
    {
        ref PolicyNode node = ref _nodes[slot];
        node.Size = size;
        node.State = Resident;
        _queue.PushHead(ref _nodes, slot);
        return true;
    }

    /// <inheritdoc/>
    public void Remove(int slot)
    {
        if (IsResident(slot))
        {
            if (_hand == slot)
            {
                _hand = _nodes[slot].Previous;
            }

            _queue.Remove(ref _nodes, slot);
        }

        _nodes[slot].State = 0;
    }
}
