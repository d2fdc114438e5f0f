using System;

namespace GpuMm.Paging;

/// <summary>Areas by the file pages they show: all that meet a window are found in O(log areas + hits).</summary>
/// <remarks>
/// A search tree by first page, kept in balance by priorities that are a fixed mix of the slot number (a treap, so the same
/// calls build the same tree), in which each node also knows the last page of all below it. Parallel arrays: a search
/// reads starts, ends and links only. Holds no lock. Source: interval trees of Cormen et al.; treaps of Seidel and Aragon.
/// </remarks>
internal sealed class AreaTree
{
    private const int None = -1;

    private Node[] _nodes = new Node[16];
    private VmArea?[] _areas = new VmArea?[16];
    private int _root = None;
    private int _freeSlot = None; // Free slots are linked through Left.
    private int _usedSlots;

    public int Count { get; private set; }

    /// <summary>Adds an area under its <see cref="VmArea.MappedWindow"/>.</summary>
    public void Add(VmArea area)
    {
        int slot = TakeSlot();
        PageWindow window = area.MappedWindow;
        _areas[slot] = area;
        _nodes[slot] = new Node
        {
            FirstPage = window.FirstPage,
            EndPage = window.EndPage,
            MaxEndPage = window.EndPage,
            Left = None,
            Right = None,
            Priority = Mix((uint)slot),
        };
        area.TreeSlot = slot;
        _root = Insert(_root, slot);
        Count++;
    }

    /// <summary>Removes an area that was added.</summary>
    public void Remove(VmArea area)
    {
        int slot = area.TreeSlot;
        if (slot < 0 || !ReferenceEquals(_areas[slot], area))
        {
            throw new InvalidOperationException("The area is not in this mapping.");
        }

        _root = Remove(_root, slot);
        _areas[slot] = null;
        _nodes[slot].Left = _freeSlot;
        _freeSlot = slot;
        area.TreeSlot = None;
        Count--;
    }

    /// <summary>Visits the areas that show a page of the window, by first page.</summary>
    public void Visit<TVisitor>(PageWindow window, ref TVisitor visitor)
        where TVisitor : struct, IAreaVisitor
    {
        // Invariant: depth is O(log areas) in expectation, so recursion is safe.
        Visit(_root, window, ref visitor);
    }

    /// <summary>Checks order, balance by priority, and every known last page; null when all hold.</summary>
    public string? Validate()
    {
        int seen = 0;
        ulong last = 0;
        string? problem = Validate(_root, ref seen, ref last);
        return problem ?? (seen == Count ? null : $"The tree holds {seen} areas and counts {Count}.");
    }

    private static uint Mix(uint value)
    {
        unchecked
        {
            value *= 0x9E37_79B1;
            value ^= value >> 15;
            value *= 0x85EB_CA77;
            return value ^ (value >> 13);
        }
    }

    private void Visit<TVisitor>(int at, PageWindow window, ref TVisitor visitor)
        where TVisitor : struct, IAreaVisitor
    {
        while (at != None && _nodes[at].MaxEndPage > window.FirstPage)
        {
            Visit(_nodes[at].Left, window, ref visitor);
            if (_nodes[at].FirstPage >= window.EndPage)
            {
                return;
            }

            if (_nodes[at].EndPage > window.FirstPage)
            {
                visitor.Visit(_areas[at]!, window);
            }

            at = _nodes[at].Right;
        }
    }

    private int Insert(int root, int slot)
    {
        if (root == None)
        {
            return slot;
        }

        if (_nodes[slot].Priority > _nodes[root].Priority)
        {
            Split(root, slot, out _nodes[slot].Left, out _nodes[slot].Right);
            Refresh(slot);
            return slot;
        }

        if (IsBefore(slot, root))
        {
            _nodes[root].Left = Insert(_nodes[root].Left, slot);
        }
        else
        {
            _nodes[root].Right = Insert(_nodes[root].Right, slot);
        }

        Refresh(root);
        return root;
    }

    private int Remove(int root, int slot)
    {
        if (root == slot)
        {
            return Join(_nodes[root].Left, _nodes[root].Right);
        }

        if (IsBefore(slot, root))
        {
            _nodes[root].Left = Remove(_nodes[root].Left, slot);
        }
        else
        {
            _nodes[root].Right = Remove(_nodes[root].Right, slot);
        }

        Refresh(root);
        return root;
    }

    private void Split(int root, int slot, out int before, out int behind)
    {
        if (root == None)
        {
            before = None;
            behind = None;
            return;
        }

        if (IsBefore(root, slot))
        {
            Split(_nodes[root].Right, slot, out _nodes[root].Right, out behind);
            before = root;
        }
        else
        {
            Split(_nodes[root].Left, slot, out before, out _nodes[root].Left);
            behind = root;
        }

        Refresh(root);
    }

    private int Join(int left, int right)
    {
        if (left == None || right == None)
        {
            return left == None ? right : left;
        }

        if (_nodes[left].Priority > _nodes[right].Priority)
        {
            _nodes[left].Right = Join(_nodes[left].Right, right);
            Refresh(left);
            return left;
        }

        _nodes[right].Left = Join(left, _nodes[right].Left);
        Refresh(right);
        return right;
    }

    private bool IsBefore(int slot, int other) =>
        _nodes[slot].FirstPage < _nodes[other].FirstPage || (_nodes[slot].FirstPage == _nodes[other].FirstPage && slot < other);

    private void Refresh(int slot)
    {
        ref Node node = ref _nodes[slot];
        ulong max = node.EndPage;
        max = node.Left == None ? max : Math.Max(max, _nodes[node.Left].MaxEndPage);
        node.MaxEndPage = node.Right == None ? max : Math.Max(max, _nodes[node.Right].MaxEndPage);
    }

    private string? Validate(int at, ref int seen, ref ulong last)
    {
        if (at == None)
        {
            return null;
        }

        Node node = _nodes[at];
        string? problem = Validate(node.Left, ref seen, ref last);
        if (problem is not null)
        {
            return problem;
        }

        seen++;
        bool isInOrder = node.FirstPage >= last;
        last = node.FirstPage;
        ulong max = node.EndPage;
        foreach (int child in (ReadOnlySpan<int>)[node.Left, node.Right])
        {
            max = child == None ? max : Math.Max(max, _nodes[child].MaxEndPage);
            isInOrder &= child == None || _nodes[child].Priority <= node.Priority;
        }

        return !isInOrder || max != node.MaxEndPage || _areas[at]?.TreeSlot != at || _areas[at]!.MappedWindow != new PageWindow(node.FirstPage, node.EndPage - node.FirstPage)
            ? $"Node {at} of the area tree is out of order or knows a wrong last page."
            : Validate(node.Right, ref seen, ref last);
    }

    private int TakeSlot()
    {
        int slot = _freeSlot;
        if (slot != None)
        {
            _freeSlot = _nodes[slot].Left;
            return slot;
        }

        if (_usedSlots == _nodes.Length)
        {
            Array.Resize(ref _nodes, _usedSlots * 2);
            Array.Resize(ref _areas, _usedSlots * 2);
        }

        return _usedSlots++;
    }

    private record struct Node
    {
        public ulong FirstPage;
        public ulong EndPage;
        public ulong MaxEndPage;
        public int Left;
        public int Right;
        public uint Priority;
    }
}
