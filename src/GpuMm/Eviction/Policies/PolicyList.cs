using System.Diagnostics;

namespace GpuMm.Eviction;

/// <summary>A list through the nodes of a policy: the head is the youngest, the tail goes first.</summary>
internal struct PolicyList
{
    /// <summary>The youngest; -1 when empty.</summary>
    public int Head;

    /// <summary>The oldest; -1 when empty.</summary>
    public int Tail;

    /// <summary>Sizes of its members, units.</summary>
    public long Units;

    // A runner some members ahead of the tail, whose lines are asked for before they are needed. It guides hints alone, so
    // it may count wrong: members leave between it and the tail.
    private const int MaxLead = 24;
    private int _runner;
    private int _lead;

    /// <summary>An empty list.</summary>
    public static PolicyList Empty => new() { Head = -1, Tail = -1 };

    /// <summary>True when nothing is on it.</summary>
    public readonly bool IsEmpty => Head < 0;

    /// <summary>Asks for the lines of the nodes beside one that is on a list.</summary>
    public static void PrefetchNeighbours(in PolicyNodes<PolicyNode> nodes, int slot)
    {
        ref PolicyNode node = ref nodes[slot];
        if (node.Previous >= 0)
        {
            nodes.Prefetch(node.Previous);
        }

        if (node.Next >= 0)
        {
            nodes.Prefetch(node.Next);
        }
    }

    public void PushHead(ref PolicyNodes<PolicyNode> nodes, int slot)
    {
        ref PolicyNode node = ref nodes[slot];
        node.Previous = -1;
        node.Next = Head;
        if (Head < 0)
        {
            Tail = slot;
        }
        else
        {
            nodes[Head].Previous = slot;
        }

        Head = slot;
        Units += node.Size;
    }

    public void PushTail(ref PolicyNodes<PolicyNode> nodes, int slot)
    {
        ref PolicyNode node = ref nodes[slot];
        node.Previous = Tail;
        node.Next = -1;
        if (Tail < 0)
        {
            Head = slot;
        }
        else
        {
            nodes[Tail].Next = slot;
        }

        Tail = slot;
        Units += node.Size;
    }

    /// <summary>Puts a node on the older side of a member.</summary>
    public void InsertBehind(ref PolicyNodes<PolicyNode> nodes, int member, int slot)
    {
        Debug.Assert(member >= 0, "A member is named.");
        int next = nodes[member].Next;
        if (next < 0)
        {
            PushTail(ref nodes, slot);
            return;
        }

        ref PolicyNode node = ref nodes[slot];
        node.Previous = member;
        node.Next = next;
        nodes[member].Next = slot;
        nodes[next].Previous = slot;
        Units += node.Size;
    }

    public void Remove(ref PolicyNodes<PolicyNode> nodes, int slot)
    {
        ref PolicyNode node = ref nodes[slot];
        if (node.Previous < 0)
        {
            Debug.Assert(Head == slot, "Only the head has no younger neighbour.");
            Head = node.Next;
        }
        else
        {
            nodes[node.Previous].Next = node.Next;
        }

        if (node.Next < 0)
        {
            Debug.Assert(Tail == slot, "Only the tail has no older neighbour.");
            Tail = node.Previous;
        }
        else
        {
            nodes[node.Next].Previous = node.Previous;
        }

        Units -= node.Size;
        _runner = _runner == slot ? node.Next : _runner;
        _lead = _runner < 0 ? 0 : _lead;
    }

    /// <summary>
    /// Sends a runner one member further ahead of the tail and asks for its line: victims come in bursts, one line behind the
    /// other, so those must be known long before. Called once a request.
    /// </summary>
    public void RunAhead(in PolicyNodes<PolicyNode> nodes)
    {
        if (_lead >= MaxLead || Tail < 0)
        {
            return;
        }

        int next = _lead == 0 ? Tail : nodes[_runner].Previous;
        if (next >= 0)
        {
            nodes.Prefetch(next);
            _runner = next;
            _lead++;
        }
    }

    /// <summary>Takes the tail off; -1 when empty.</summary>
    public int PopTail(ref PolicyNodes<PolicyNode> nodes)
    {
        int slot = Tail;
        if (slot >= 0)
        {
            Remove(ref nodes, slot);
            if (_lead > 0)
            {
                _lead--;
            }
            else if (Tail >= 0 && nodes[Tail].Previous is >= 0 and int after)
            {
                nodes.Prefetch(after); // Nobody runs ahead: at least what the next call will need.
            }
        }

        return slot;
    }

    public void MoveToHead(ref PolicyNodes<PolicyNode> nodes, int slot)
    {
        if (Head != slot)
        {
            Remove(ref nodes, slot);
            PushHead(ref nodes, slot);
        }
    }
}
