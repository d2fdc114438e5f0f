namespace GpuMm.Eviction;

/// <summary>What FIFO, LRU and CLOCK share: one queue, new objects at the head, victims from the tail.</summary>
/// <typeparam name="TRule">What a hit means.</typeparam>
public struct QueuePolicy<TRule> : IEvictionPolicy
    where TRule : struct, IQueueRule
{
    private const uint Resident = 1;
    private const uint Used = 2;
    private const uint Selected = 4;

    private PolicyNodes<PolicyNode> _nodes;
    private PolicyList _queue;

    /// <inheritdoc/>
    public void Start(long capacity, bool mayRefuse)
    {
        _nodes.Clear();
        _queue = PolicyList.Empty;
    }

    /// <inheritdoc/>
    public void Reserve(int slotCount) => _nodes.Reserve(slotCount);

    /// <inheritdoc/>
    public readonly void Prefetch(int slot) => _nodes.Prefetch(slot);

    /// <inheritdoc/>
    public void PrefetchNeighbours(int slot)
    {
        _queue.RunAhead(_nodes);
        if (TRule.MovesOnHit && IsResident(slot))
        {
            PolicyList.PrefetchNeighbours(_nodes, slot);
        }
    }

    /// <inheritdoc/>
    public readonly bool IsResident(int slot) => (_nodes[slot].State & Resident) != 0;

    /// <inheritdoc/>
    public readonly uint SizeOf(int slot) => _nodes[slot].Size;

    /// <inheritdoc/>
    public void Hit(int slot)
    {
        if (TRule.MovesOnHit)
        {
            _queue.MoveToHead(ref _nodes, slot);
        }

        if (TRule.MarksOnHit)
        {
            _nodes[slot].State |= Used;
        }
    }

    /// <inheritdoc/>
    public readonly bool Miss(int slot, uint size) => true;

    /// <inheritdoc/>
    public int SelectVictim(int incoming, uint size)
    {
        int slot = _queue.Tail;
        while (TRule.MarksOnHit && slot >= 0 && (_nodes[slot].State & Used) != 0)
        {
            // A second chance.
            _nodes[slot].State = Resident;
            _queue.MoveToHead(ref _nodes, slot);
            slot = _queue.Tail;
        }

        if (slot >= 0)
        {
            _queue.PopTail(ref _nodes);
            _nodes[slot].State = Selected;
        }

        return slot;
    }

    /// <inheritdoc/>
    public readonly void Evict(int slot) => _nodes[slot].State = 0;

    /// <inheritdoc/>
    public void Restore(int slot)
    {
        _nodes[slot].State = Resident;
        _queue.PushTail(ref _nodes, slot);
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
            _queue.Remove(ref _nodes, slot);
        }

        _nodes[slot].State = 0;
    }
}
