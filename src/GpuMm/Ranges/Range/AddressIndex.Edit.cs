using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace GpuMm.Ranges;

/// <content>Changes: every one descends by address, changes a leaf, and repairs the largest sizes on the way back.</content>
internal sealed partial class AddressIndex
{
    private const int FirstNodes = 4;
    private const int NoNode = -1;
    private const int TypicalFill = (Width / 2) - 1; // Holes for each node, inner ones included, when all were split.

    /// <summary>Adds a hole.</summary>
    public void Add(ulong start, ulong size, int hole)
    {
        int leaf = _sought == start ? _foundLeaf : Descend(start);
        int entry = System.Numerics.BitOperations.PopCount(StartsBelow(leaf, start));
        if (entry == 0)
        {
            LowerBounds(start);
        }

        InsertEntry(0, leaf, entry, start, size, hole);
        Forget();
    }

    /// <summary>Takes a hole out.</summary>
    /// <param name="start">The address under which it was added or last moved.</param>
    public void Remove(ulong start)
    {
        int entry = Locate(start, out int leaf);
        bool isLeafKept = _counts[leaf] > MergeBelow;
        RemoveEntry(0, leaf, entry);
        Collapse();
        Forget();
        if (isLeafKept)
        {
            // The way to the leaf has not changed, and the next change is often that of the hole before.
            _foundLeaf = leaf;
            _foundEntry = Math.Max(entry - 1, 0);
        }
    }

    /// <summary>
    /// Finds the last hole before an address, for the change that follows: a caller that has other tables to wait for
    /// calls this first, so that all are fetched at once.
    /// </summary>
    public void Seek(ulong start)
    {
        int leaf = Descend(start);
        int behind = System.Numerics.BitOperations.PopCount(StartsBelow(leaf, start));
        _foundLeaf = leaf;
        _foundEntry = Math.Max(behind - 1, 0);
        _sought = start;
    }

    /// <summary>A hole keeps its neighbours and gets another start and size.</summary>
    public void Change(ulong oldStart, ulong start, ulong size)
    {
        int entry = Locate(oldStart, out int leaf);
        int at = (leaf * Width) + entry;
        ulong oldSize = _sizes[at];
        _starts[at] = start;
        _sizes[at] = size;
        if (entry == 0 && start < oldStart)
        {
            LowerBounds(start);
        }

        if (start > oldStart && entry == _counts[leaf] - 1)
        {
            RaiseNextBound(start);
        }

        if (size > oldSize)
        {
            RaiseSizes(0, size);
        }
        else
        {
            RepairSizes(0, leaf, oldSize);
        }
    }

    private void Clear()
    {
        _used = 0;
        _unused = -1;
        _levels = 1;
        _root = TakeNode();
        Forget();
    }

    private void Forget()
    {
        _foundLeaf = NoNode;
        _sought = ulong.MaxValue;
    }

    /// <summary>Goes down to the leaf for an address and notes the way.</summary>
    private int Descend(ulong start)
    {
        Forget();
        int node = _root;
        for (int level = _levels - 1; level > 0; level--)
        {
            node = Step(level, node, ChildFor(node, start));
        }

        return node;
    }

    /// <summary>The leaf and entry of a hole; a change mostly follows the search that found it.</summary>
    private int Locate(ulong start, out int leaf)
    {
        leaf = _foundLeaf;
        if (leaf != NoNode)
        {
            int found = _foundEntry;
            if (_starts[(leaf * Width) + found] == start)
            {
                return found;
            }

            if (++found < Width && _starts[(leaf * Width) + found] == start)
            {
                return found;
            }
        }

        leaf = Descend(start);
        int entry = System.Numerics.BitOperations.PopCount(StartsBelow(leaf, start));
        Debug.Assert(entry < _counts[leaf], "The hole is in the leaf that its address leads to.");
        Debug.Assert(_starts[(leaf * Width) + entry] == start, "The hole is indexed under its address.");
        return entry;
    }

    /// <summary>Lowers the starts on the way down to an address that may be lower than all before it.</summary>
    private void LowerBounds(ulong start)
    {
        // Every level: a first entry may have an old bound that is lower than the one above it.
        for (int level = 1; level < _levels; level++)
        {
            ref ulong bound = ref _starts[(_pathNodes[level] * Width) + _pathEntries[level]];
            bound = Math.Min(bound, start);
        }
    }

    /// <summary>
    /// Keeps the bound of the next subtree above the last hole of this one. The bound may lie inside that hole: it stays
    /// where it is when the hole it was made for is gone and its bytes join the hole before.
    /// </summary>
    private void RaiseNextBound(ulong start)
    {
        for (int level = 1; level < _levels; level++)
        {
            int node = _pathNodes[level];
            int next = _pathEntries[level] + 1;
            if (next < _counts[node])
            {
                ref ulong bound = ref _starts[(node * Width) + next];
                bound = Math.Max(bound, start + 1);
                return;
            }
        }
    }

    /// <summary>Tells the nodes above of a size that came or grew.</summary>
    private void RaiseSizes(int level, ulong size)
    {
        while (++level < _levels)
        {
            ref ulong largest = ref _sizes[(_pathNodes[level] * Width) + _pathEntries[level]];
            if (largest >= size)
            {
                return;
            }

            largest = size;
        }
    }

    /// <summary>Tells the nodes above of a size that went or shrank; only where it was the largest is there work.</summary>
    private void RepairSizes(int level, int node, ulong oldSize)
    {
        while (++level < _levels)
        {
            ref ulong size = ref _sizes[(_pathNodes[level] * Width) + _pathEntries[level]];
            if (size != oldSize)
            {
                return;
            }

            size = LargestOf(node);
            node = _pathNodes[level];
        }
    }

    private void InsertEntry(int level, int node, int entry, ulong start, ulong size, int child)
    {
        int count = _counts[node];
        if (count == Width)
        {
            InsertBySplit(level, node, entry, start, size, child);
            return;
        }

        int from = (node * Width) + entry;
        int length = count - entry;
        _starts.AsSpan(from, length).CopyTo(_starts.AsSpan(from + 1));
        _sizes.AsSpan(from, length).CopyTo(_sizes.AsSpan(from + 1));
        _children.AsSpan(from, length).CopyTo(_children.AsSpan(from + 1));
        _starts[from] = start;
        _sizes[from] = size;
        _children[from] = child;
        _counts[node] = (byte)(count + 1);
        RaiseSizes(level, size);
    }

    /// <summary>Moves the upper half of a full node into a new one, inserts, and hangs the new one beside it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void InsertBySplit(int level, int node, int entry, ulong start, ulong size, int child)
    {
        if (level == _levels - 1)
        {
            GrowRoot(node);
        }

        RaiseSizes(level, size);
        int half = Width / 2;
        int added = TakeNode();
        MoveEntries(node, half, added, 0, Width - half);
        int parent = _pathNodes[level + 1];
        int parentEntry = _pathEntries[level + 1];
        bool upper = entry > half;
        int target = upper ? added : node;
        int targetEntry = upper ? entry - half : entry;

        // The entry goes in first and without repairs upward: the parent's numbers are written below, from both nodes.
        int from = (target * Width) + targetEntry;
        int length = _counts[target] - targetEntry;
        _starts.AsSpan(from, length).CopyTo(_starts.AsSpan(from + 1));
        _sizes.AsSpan(from, length).CopyTo(_sizes.AsSpan(from + 1));
        _children.AsSpan(from, length).CopyTo(_children.AsSpan(from + 1));
        _starts[from] = start;
        _sizes[from] = size;
        _children[from] = child;
        _counts[target]++;
        _sizes[(parent * Width) + parentEntry] = LargestOf(node);
        InsertEntry(level + 1, parent, parentEntry + 1, _starts[added * Width], LargestOf(added), added);
    }

    private void GrowRoot(int oldRoot)
    {
        Debug.Assert(_levels < MaxLevels, "A tree of 32-bit entries has fewer levels.");
        int root = TakeNode();
        _starts[root * Width] = 0;
        _sizes[root * Width] = LargestOf(oldRoot);
        _children[root * Width] = oldRoot;
        _counts[root] = 1;
        _pathNodes[_levels] = root;
        _pathEntries[_levels] = 0;
        _root = root;
        _levels++;
    }

    private void RemoveEntry(int level, int node, int entry)
    {
        int count = _counts[node] - 1;
        int from = (node * Width) + entry;
        int length = count - entry;
        ulong oldSize = _sizes[from];
        _starts.AsSpan(from + 1, length).CopyTo(_starts.AsSpan(from));
        _sizes.AsSpan(from + 1, length).CopyTo(_sizes.AsSpan(from));
        _children.AsSpan(from + 1, length).CopyTo(_children.AsSpan(from));
        _starts[from + length] = ulong.MaxValue;
        _sizes[from + length] = 0;
        _counts[node] = (byte)count;
        if (level == _levels - 1)
        {
            return;
        }

        int parent = _pathNodes[level + 1];
        int parentEntry = _pathEntries[level + 1];
        if (count == 0)
        {
            FreeNode(node);
            RemoveEntry(level + 1, parent, parentEntry);
        }
        else if (count < MergeBelow && TryMerge(level, parent, parentEntry))
        {
            return;
        }
        else
        {
            RepairSizes(level, node, oldSize);
        }
    }

    /// <summary>Joins a node that is nearly empty with a neighbour of the same parent, if both fit well into one.</summary>
    private bool TryMerge(int level, int parent, int parentEntry)
    {
        int left = parentEntry + 1 < _counts[parent] ? parentEntry : parentEntry - 1;
        if (left < 0)
        {
            return false;
        }

        int node = _children[(parent * Width) + left];
        int next = _children[(parent * Width) + left + 1];
        if (_counts[node] + _counts[next] > MergeLimit)
        {
            return false;
        }

        // The first entry of a node may have an old bound that is too low; between two entries it must be right.
        ref ulong bound = ref _starts[next * Width];
        bound = Math.Max(bound, _starts[(parent * Width) + left + 1]);
        MoveEntries(next, 0, node, _counts[node], _counts[next]);
        FreeNode(next);

        // The nodes above still know the larger of the two old sizes, so that is the one that goes.
        ref ulong size = ref _sizes[(parent * Width) + left];
        ref ulong nextSize = ref _sizes[(parent * Width) + left + 1];
        nextSize = Math.Max(size, nextSize);
        size = LargestOf(node);
        RemoveEntry(level + 1, parent, left + 1);
        return true;
    }

    /// <summary>While the root has one child, that child becomes the root.</summary>
    private void Collapse()
    {
        while (_levels > 1 && _counts[_root] <= 1)
        {
            if (_counts[_root] == 0)
            {
                _levels = 1;
                return;
            }

            int child = _children[_root * Width];
            FreeNode(_root);
            _root = child;
            _levels--;
        }
    }

    private void MoveEntries(int source, int sourceEntry, int target, int targetEntry, int length)
    {
        int from = (source * Width) + sourceEntry;
        int to = (target * Width) + targetEntry;
        _starts.AsSpan(from, length).CopyTo(_starts.AsSpan(to));
        _sizes.AsSpan(from, length).CopyTo(_sizes.AsSpan(to));
        _children.AsSpan(from, length).CopyTo(_children.AsSpan(to));
        _starts.AsSpan(from, length).Fill(ulong.MaxValue);
        _sizes.AsSpan(from, length).Clear();
        _counts[source] = (byte)(_counts[source] - length);
        _counts[target] = (byte)(_counts[target] + length);
    }

    private int TakeNode()
    {
        int node = _unused;
        if (node >= 0)
        {
            _unused = _children[node * Width];
        }
        else
        {
            node = _used++;
            if (node == _counts.Length)
            {
                GrowNodes(_counts.Length + (_counts.Length / 4) + FirstNodes);
            }
        }

        _starts.AsSpan(node * Width, Width).Fill(ulong.MaxValue);
        _sizes.AsSpan(node * Width, Width).Clear();
        _counts[node] = 0;
        return node;
    }

    private void FreeNode(int node)
    {
        _children[node * Width] = _unused;
        _unused = node;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void GrowNodes(int nodes)
    {
        HugePages.Resize(ref _starts, nodes * Width);
        HugePages.Resize(ref _sizes, nodes * Width);
        HugePages.Resize(ref _children, nodes * Width);
        Array.Resize(ref _counts, nodes);
    }
}
