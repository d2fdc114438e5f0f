namespace GpuMm.Eviction;

/// <summary>A member of an <see cref="LruList"/>; on one list or on none. Lock: the manager that owns the list.</summary>
public abstract class LruNode
{
    private const byte ListedMark = 1; // What derives has the other bits

    private byte _marks;

    /// <summary>The list it is on; null while it is on none.</summary>
    internal LruList? List => Is(ListedMark) ? LastList : null;

    /// <summary>The list it is on, or was on last.</summary>
    internal LruList? LastList { get; set; }

    internal LruNode? Previous { get; set; }

    internal LruNode? Next { get; set; }

    internal void Join(LruList list)
    {
        LastList = list;
        Mark(ListedMark, isSet: true);
    }

    internal void Leave() => Mark(ListedMark, isSet: false);

    // One byte for what the manager's lock protects: there may be millions.
    private protected bool Is(byte mark) => (_marks & mark) != 0;

    private protected void Mark(byte mark, bool isSet) => _marks = isSet ? (byte)(_marks | mark) : (byte)(_marks & ~mark);
}
