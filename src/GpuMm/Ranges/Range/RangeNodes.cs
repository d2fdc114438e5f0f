namespace GpuMm.Ranges;

/// <summary>A walk over the nodes of a <see cref="RangeAllocator"/>, for <c>foreach</c>.</summary>
/// <remarks>A change of the range during the walk throws at the next step. No managed allocation.</remarks>
public readonly struct RangeNodes
{
    private readonly RangeAllocator _allocator;
    private readonly ulong _startBytes;
    private readonly ulong _endBytes;

    internal RangeNodes(RangeAllocator allocator, ulong startBytes, ulong endBytes)
    {
        _allocator = allocator;
        _startBytes = startBytes;
        _endBytes = endBytes;
    }

    /// <summary>Begins the walk.</summary>
    public Enumerator GetEnumerator() => new(_allocator, _startBytes, _endBytes);

    /// <summary>The walk itself.</summary>
    public struct Enumerator
    {
        private readonly RangeAllocator _allocator;
        private readonly ulong _startBytes;
        private readonly ulong _endBytes;
        private readonly ulong _stamp;
        private RangeNode _current;
        private int _slot;

        internal Enumerator(RangeAllocator allocator, ulong startBytes, ulong endBytes)
        {
            _allocator = allocator;
            _startBytes = startBytes;
            _endBytes = endBytes;
            _stamp = allocator.Stamp;
            _slot = allocator.FirstPiece(startBytes);
        }

        /// <summary>The node of the last step.</summary>
        public readonly RangeNode Current => _current;

        /// <summary>Goes to the next node.</summary>
        /// <returns>False behind the last.</returns>
        /// <exception cref="System.InvalidOperationException">The range changed since the walk began.</exception>
        public bool MoveNext() => _allocator.TryNextNode(ref _slot, _stamp, _startBytes, _endBytes, out _current);
    }
}
