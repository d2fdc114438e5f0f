namespace GpuMm.Eviction;

/// <summary>
/// S3-FIFO: new objects prove themselves in a small queue; those hit twice there go to the main queue, the others leave
/// quickly, and a ghost queue remembers them, so that they come back into the main one.
/// </summary>
/// <remarks>
/// Small 10 %, ghost 90 % of the capacity, as in libCacheSim. Where it may not refuse, an object larger than the small
/// queue goes straight to the main one. Source: Yang et al., "FIFO queues are all you need" (SOSP 2023).
/// </remarks>
public struct S3FifoPolicy : IEvictionPolicy
{
    private const uint Small = 1;
    private const uint Main = 2;
    private const uint Ghost = 4;
    private const uint Returning = 8; // was a ghost when it was last asked for
    private const uint Selected = 16; // beside Small or Main: where it was
    private const int CountShift = 8; // hits since it joined its queue, 3 at most
    private const uint CountOne = 1 << CountShift;
    private const uint CountMax = 3;

    private PolicyNodes<PolicyNode> _nodes;
    private PolicyList _small;
    private PolicyList _main;
    private PolicyList _ghost;
    private long _smallSize;
    private long _mainSize;
    private long _ghostSize;
    private long _mainAside; // Units selected from the main queue, neither evicted nor restored yet: they still take room
    private bool _mayRefuse;

    /// <inheritdoc/>
    public void Start(long capacity, bool mayRefuse)
    {
        _nodes.Clear();
        _small = PolicyList.Empty;
        _main = PolicyList.Empty;
        _ghost = PolicyList.Empty;
        _smallSize = (long)(capacity * 0.10);
        _mainSize = capacity - _smallSize;
        _ghostSize = (long)(capacity * 0.90);
        _mainAside = 0;
        _mayRefuse = mayRefuse;
    }

    /// <inheritdoc/>
    public void Reserve(int slotCount) => _nodes.Reserve(slotCount);

    /// <inheritdoc/>
    public readonly void Prefetch(int slot) => _nodes.Prefetch(slot);

    /// <inheritdoc/>
    public readonly void PrefetchNeighbours(int slot)
    {
        if ((_nodes[slot].State & Ghost) != 0)
        {
            PolicyList.PrefetchNeighbours(_nodes, slot);
        }
    }

    /// <inheritdoc/>
    public readonly bool IsResident(int slot) => IsIn(_nodes[slot].State);

    /// <inheritdoc/>
    public readonly uint SizeOf(int slot) => _nodes[slot].Size;

    /// <inheritdoc/>
    public readonly void Hit(int slot)
    {
        ref uint state = ref _nodes[slot].State;
        if (state >> CountShift < CountMax)
        {
            state += CountOne;
        }
    }

    /// <inheritdoc/>
    public bool Miss(int slot, uint size)
    {
        ref PolicyNode node = ref _nodes[slot];
        if (node.State == Ghost)
        {
            _ghost.Remove(ref _nodes, slot);
            node.State = Returning;
        }

        return size <= _smallSize || !_mayRefuse;
    }

    /// <inheritdoc/>
    public int SelectVictim(int incoming, uint size)
    {
        while (true)
        {
            bool fromMain = _small.IsEmpty || (!_main.IsEmpty && _main.Units + _mainAside > _mainSize);
            int slot = fromMain ? SelectFromMain() : SelectFromSmall();
            if (slot >= 0 || (_small.IsEmpty && _main.IsEmpty))
            {
                return slot;
            }
        }
    }

    /// <inheritdoc/>
    public void Evict(int slot)
    {
        ref PolicyNode node = ref _nodes[slot];
        bool isRemembered = (node.State & Small) != 0 && node.Size <= _ghostSize;
        NoteBack(node);
        node.State = 0;
        if (!isRemembered)
        {
            return;
        }

        while (_ghost.Units + node.Size > _ghostSize)
        {
            _nodes[_ghost.PopTail(ref _nodes)].State = 0;
        }

        node.State = Ghost;
        _ghost.PushHead(ref _nodes, slot);
    }

    /// <inheritdoc/>
    public void Restore(int slot)
    {
        NoteBack(_nodes[slot]);
        ref uint state = ref _nodes[slot].State;
        state &= ~Selected;
        if ((state & Small) != 0)
        {
            _small.PushTail(ref _nodes, slot);
        }
        else
        {
            _main.PushTail(ref _nodes, slot);
        }
    }

    /// <inheritdoc/>
    public bool Insert(int slot, uint size)
    {
        ref PolicyNode node = ref _nodes[slot];
        bool isReturning = node.State == Returning;
        node.Size = size;
        if (isReturning || (!_mayRefuse && size >= _smallSize))
        {
            node.State = Main;
            _main.PushHead(ref _nodes, slot);
            return true;
        }

        if (size >= _smallSize)
        {
            node.State = 0;
            return false;
        }

        node.State = Small;
        _small.PushHead(ref _nodes, slot);
        return true;
    }

    /// <inheritdoc/>
    public void Remove(int slot)
    {
        uint state = _nodes[slot].State;
        NoteBack(_nodes[slot]);
        if (IsIn(state))
        {
            ref PolicyList list = ref (state & Small) != 0 ? ref _small : ref _main;
            list.Remove(ref _nodes, slot);
        }
        else if (state == Ghost)
        {
            _ghost.Remove(ref _nodes, slot);
        }

        _nodes[slot].State = 0;
    }

    private static bool IsIn(uint state) => (state & (Small | Main)) != 0 && (state & Selected) == 0;

    // Aside no longer, if it was. A candidate that a rule spares must not make the main queue look as if it had room.
    private void NoteBack(in PolicyNode node)
    {
        if ((node.State & (Main | Selected)) == (Main | Selected))
        {
            _mainAside -= node.Size;
        }
    }

    private int SelectFromSmall()
    {
        for (int slot = _small.PopTail(ref _nodes); slot >= 0; slot = _small.PopTail(ref _nodes))
        {
            if (_nodes[slot].State >> CountShift < 2)
            {
                _nodes[slot].State |= Selected;
                return slot;
            }

            _nodes[slot].State = Main;
            _main.PushHead(ref _nodes, slot);
        }

        return -1;
    }

    private int SelectFromMain()
    {
        for (int slot = _main.PopTail(ref _nodes); slot >= 0; slot = _main.PopTail(ref _nodes))
        {
            uint count = _nodes[slot].State >> CountShift;
            if (count == 0)
            {
                _mainAside += _nodes[slot].Size;
                _nodes[slot].State |= Selected;
                return slot;
            }

            _nodes[slot].State = Main | ((count - 1) << CountShift);
            _main.PushHead(ref _nodes, slot);
        }

        return -1;
    }
}
