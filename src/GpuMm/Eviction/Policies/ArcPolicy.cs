using System;

namespace GpuMm.Eviction;

/// <summary>
/// ARC: objects used once (T1) and more than once (T2), each with a list of what it lost (B1, B2); a hit in those moves the
/// target size of T1.
/// </summary>
/// <remarks>
/// Sizes in units; the target moves by one unit, or by the ratio of the ghost lists, as in libCacheSim: with bytes as units
/// it hardly adapts, with pages it does better. A candidate that is aside counts as resident, and only an eviction drops a
/// ghost: a veto changes nothing. Source: Megiddo and Modha, "ARC" (FAST 2003).
/// </remarks>
public struct ArcPolicy : IEvictionPolicy
{
    private const uint T1 = 1;
    private const uint T2 = 2;
    private const uint B1 = 3;
    private const uint B2 = 4;
    private const uint FromB1 = 5; // was in B1 when it was last asked for
    private const uint FromB2 = 6;
    private const uint SelectedT1 = 7;
    private const uint SelectedT2 = 8;
    private const uint SelectedNoGhost = 9; // from T1, and not to be remembered
    private const uint DropsB1 = 16; // beside Selected: if it goes, so does the oldest ghost of this list
    private const uint DropsB2 = 32;

    private PolicyNodes<PolicyNode> _nodes;
    private PolicyList _t1;
    private PolicyList _t2;
    private PolicyList _b1;
    private PolicyList _b2;
    private long _capacity;
    private double _target; // wished size of T1, units
    private long _asideT1; // units of T1 that are selected, and still resident
    private long _asideT2;
    private int _turn;

    /// <inheritdoc/>
    public void Start(long capacity, bool mayRefuse)
    {
        _nodes.Clear();
        _t1 = PolicyList.Empty;
        _t2 = PolicyList.Empty;
        _b1 = PolicyList.Empty;
        _b2 = PolicyList.Empty;
        _capacity = capacity;
        _target = 0;
        _asideT1 = 0;
        _asideT2 = 0;
    }

    /// <inheritdoc/>
    public void Reserve(int slotCount) => _nodes.Reserve(slotCount);

    /// <inheritdoc/>
    public readonly void Prefetch(int slot) => _nodes.Prefetch(slot);

    /// <inheritdoc/>
    public void PrefetchNeighbours(int slot)
    {
        // All four lose their oldest now and then; each has its turn.
        _turn = (_turn + 1) & 3;
        ref PolicyList list = ref _turn == 0 ? ref _t1 : ref _turn == 1 ? ref _t2 : ref _turn == 2 ? ref _b1 : ref _b2;
        list.RunAhead(_nodes);
        if (_nodes[slot].State is >= T1 and <= B2)
        {
            PolicyList.PrefetchNeighbours(_nodes, slot);
        }
    }

    /// <inheritdoc/>
    public readonly bool IsResident(int slot) => _nodes[slot].State is T1 or T2;

    /// <summary>Whether an object that is not resident is remembered.</summary>
    /// <param name="slot">Its slot.</param>
    public readonly bool IsGhost(int slot) => _nodes[slot].State is B1 or B2;

    /// <inheritdoc/>
    public readonly uint SizeOf(int slot) => _nodes[slot].Size;

    /// <inheritdoc/>
    public void Hit(int slot)
    {
        ref PolicyNode node = ref _nodes[slot];
        if (node.State == T2)
        {
            _t2.MoveToHead(ref _nodes, slot);
            return;
        }

        _t1.Remove(ref _nodes, slot);
        node.State = T2;
        _t2.PushHead(ref _nodes, slot);
    }

    /// <inheritdoc/>
    public bool Miss(int slot, uint size)
    {
        ref PolicyNode node = ref _nodes[slot];
        if (node.State == B1)
        {
            _target = Math.Min(_target + Math.Max((double)_b2.Units / _b1.Units, 1), _capacity);
            _b1.Remove(ref _nodes, slot);
            node.State = FromB1;
        }
        else if (node.State == B2)
        {
            _target = Math.Max(_target - Math.Max((double)_b1.Units / _b2.Units, 1), 0);
            _b2.Remove(ref _nodes, slot);
            node.State = FromB2;
        }

        return true;
    }

    /// <inheritdoc/>
    public int SelectVictim(int incoming, uint size)
    {
        uint state = incoming < 0 ? 0 : _nodes[incoming].State;
        if (state is FromB1 or FromB2)
        {
            return Replace(state == FromB2, drops: 0);
        }

        long recent = _t1.Units + _asideT1 + _b1.Units;
        if (recent + size > _capacity)
        {
            if (!_b1.IsEmpty)
            {
                return Replace(isB2Hit: false, DropsB1);
            }

            if (!_t1.IsEmpty)
            {
                return Select(ref _t1, SelectedNoGhost);
            }
        }
        else if (recent + _t2.Units + _asideT2 + _b2.Units >= 2 * _capacity)
        {
            return Replace(isB2Hit: false, DropsB2);
        }

        return Replace(isB2Hit: false, drops: 0);
    }

    /// <inheritdoc/>
    public void Evict(int slot)
    {
        ref PolicyNode node = ref _nodes[slot];
        uint state = node.State;
        Return(node);
        if ((state & DropsB1) != 0)
        {
            Drop(ref _b1);
        }
        else if ((state & DropsB2) != 0)
        {
            Drop(ref _b2);
        }

        switch (state & ~(DropsB1 | DropsB2))
        {
            case SelectedT1:
                node.State = B1;
                _b1.PushHead(ref _nodes, slot);
                break;
            case SelectedT2:
                node.State = B2;
                _b2.PushHead(ref _nodes, slot);
                break;
            default:
                node.State = 0;
                break;
        }
    }

    /// <inheritdoc/>
    public void Restore(int slot)
    {
        ref PolicyNode node = ref _nodes[slot];
        Return(node);
        if (IsSelectedFromT2(node.State))
        {
            node.State = T2;
            _t2.PushTail(ref _nodes, slot);
        }
        else
        {
            node.State = T1;
            _t1.PushTail(ref _nodes, slot);
        }
    }

    /// <inheritdoc/>
    public bool Insert(int slot, uint size)
    {
        ref PolicyNode node = ref _nodes[slot];
        node.Size = size;
        if (node.State is FromB1 or FromB2)
        {
            node.State = T2;
            _t2.PushHead(ref _nodes, slot);
        }
        else
        {
            node.State = T1;
            _t1.PushHead(ref _nodes, slot);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Remove(int slot)
    {
        Return(_nodes[slot]);
        switch (_nodes[slot].State)
        {
            case T1:
                _t1.Remove(ref _nodes, slot);
                break;
            case T2:
                _t2.Remove(ref _nodes, slot);
                break;
            case B1:
                _b1.Remove(ref _nodes, slot);
                break;
            case B2:
                _b2.Remove(ref _nodes, slot);
                break;
        }

        _nodes[slot].State = 0;
    }

    private static bool IsSelectedFromT2(uint state) => (state & ~(DropsB1 | DropsB2)) == SelectedT2;

    // What was aside no longer is.
    private void Return(in PolicyNode node)
    {
        if (node.State < SelectedT1)
        {
            return;
        }

        ref long aside = ref IsSelectedFromT2(node.State) ? ref _asideT2 : ref _asideT1;
        aside -= node.Size;
    }

    private void Drop(ref PolicyList ghosts)
    {
        if (!ghosts.IsEmpty)
        {
            _nodes[ghosts.PopTail(ref _nodes)].State = 0;
        }
    }

    private int Replace(bool isB2Hit, uint drops)
    {
        long units = _t1.Units + _asideT1;
        bool isT1OverTarget = !_t1.IsEmpty && (units > _target || (units == _target && isB2Hit));
        return isT1OverTarget || _t2.IsEmpty ? Select(ref _t1, SelectedT1 | drops) : Select(ref _t2, SelectedT2 | drops);
    }

    private int Select(ref PolicyList list, uint state)
    {
        int slot = list.PopTail(ref _nodes);
        if (slot >= 0)
        {
            ref PolicyNode node = ref _nodes[slot];
            node.State = state;
            ref long aside = ref IsSelectedFromT2(state) ? ref _asideT2 : ref _asideT1;
            aside += node.Size;
        }

        return slot;
    }
}
