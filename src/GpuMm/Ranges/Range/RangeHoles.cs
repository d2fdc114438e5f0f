namespace GpuMm.Ranges;

/// <summary>A walk over the holes of a <see cref="RangeAllocator"/>, for <c>foreach</c>.</summary>
/// <remarks>A change of the range during the walk throws at the next step. No managed allocation.</remarks>
public readonly struct RangeHoles
{
    private readonly RangeAllocator _allocator;

    internal RangeHoles(RangeAllocator allocator) => _allocator = allocator;

    /// <summary>Begins the walk.</summary>
    public Enumerator GetEnumerator() => new(_allocator);

    /// <summary>The walk itself.</summary>
    public struct Enumerator
    {
        private readonly RangeAllocator _allocator;
        private readonly ulong _stamp;
        private ByteRange _current;
        private int _slot;

        internal Enumerator(RangeAllocator allocator)
        {
            _allocator = allocator;
            _stamp = allocator.Stamp;
            _slot = allocator.FirstPiece(0);
        }

        /// <summary>The free bytes of the last step.</summary>
        public readonly ByteRange Current => _current;

        /// <summary>Goes to the next hole.</summary>
        /// <returns>False behind the last.</returns>
        /// <exception cref="System.InvalidOperationException">The range changed since the walk began.</exception>
        public bool MoveNext() => _allocator.TryNextHole(ref _slot, _stamp, out _current);
    }
}
