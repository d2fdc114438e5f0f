namespace GpuMm.Ranges;

/// <summary>Walks the blocks of a list in order. Nothing may be added or freed meanwhile.</summary>
public ref struct BuddyBlockEnumerator
{
    private readonly BuddyAllocator _allocator;
    private uint _next;
    private int _left;

    internal BuddyBlockEnumerator(BuddyAllocator allocator, BuddyBlockList list)
    {
        _allocator = allocator;
        _next = list.Head.Slot;
        _left = list.BlockCount;
        Current = default;
    }

    /// <summary>The block that the last <see cref="MoveNext"/> reached.</summary>
    public BuddyBlockInfo Current { get; private set; }

    /// <summary>Lets <c>foreach</c> take the walk itself.</summary>
    public readonly BuddyBlockEnumerator GetEnumerator() => this;

    /// <summary>Goes on to the next block.</summary>
    /// <returns>False behind the last one.</returns>
    public bool MoveNext()
    {
        if (_left == 0)
        {
            return false;
        }

        _left--;
        Current = _allocator.InfoOfSlot(_next, out _next);
        return true;
    }
}
