using System.Diagnostics;

namespace GpuMm.Eviction;

/// <summary>A doubly linked list through its members: the head is the oldest. No operation allocates.</summary>
internal sealed class LruList(object? owner = null)
{
    /// <summary>Whose list it is.</summary>
    public object? Owner { get; } = owner;

    public LruNode? Head { get; private set; }

    public LruNode? Tail { get; private set; }

    public int Count { get; private set; }

    public void AddTail(LruNode node) => Insert(node, Tail);

    /// <summary>Puts a node behind another; at the head when that one is null.</summary>
    public void Insert(LruNode node, LruNode? after)
    {
        Debug.Assert(node.List is null, "A node joins one list at a time.");
        LruNode? before = after is null ? Head : after.Next;
        node.Join(this);
        node.Previous = after;
        node.Next = before;
        if (after is null)
        {
            Head = node;
        }
        else
        {
            after.Next = node;
        }

        if (before is null)
        {
            Tail = node;
        }
        else
        {
            before.Previous = node;
        }

        Count++;
    }

    public void Remove(LruNode node)
    {
        Debug.Assert(ReferenceEquals(node.List, this), "A node leaves the list that it is on.");
        if (node.Previous is null)
        {
            Head = node.Next;
        }
        else
        {
            node.Previous.Next = node.Next;
        }

        if (node.Next is null)
        {
            Tail = node.Previous;
        }
        else
        {
            node.Next.Previous = node.Previous;
        }

        node.Leave();
        node.Previous = null;
        node.Next = null;
        Count--;
    }

    /// <summary>Moves neighbours, from the first to the last, behind everything else. Cost: O(1).</summary>
    public void MoveRunToTail(LruNode first, LruNode last)
    {
        Debug.Assert(ReferenceEquals(first.List, this) && ReferenceEquals(last.List, this), "A run moves within its list.");
        if (last.Next is not { } behind)
        {
            return;
        }

        behind.Previous = first.Previous;
        if (first.Previous is null)
        {
            Head = behind;
        }
        else
        {
            first.Previous.Next = behind;
        }

        first.Previous = Tail;
        Tail!.Next = first;
        last.Next = null;
        Tail = last;
    }

    /// <summary>Makes a member the youngest. It never looks as if it were on no list, for its members find their list through it.</summary>
    public void MoveToTail(LruNode node) => MoveRunToTail(node, node);
}
