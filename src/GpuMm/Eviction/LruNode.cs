namespace GpuMm.Eviction;

/// <summary>A member of an <see cref="LruList"/>; on one list or on none. Lock: the manager that owns the list.</summary>
public abstract class LruNode
{
    private bool _isListed;

    /// <summary>The list it is on; null while it is on none.</summary>
    internal LruList? List => _isListed ? LastList : null;

    /// <summary>The list it is on, or was on last.</summary>
    internal LruList? LastList { get; set; }

    internal LruNode? Previous { get; set; }

    internal LruNode? Next { get; set; }

    internal void Join(LruList list)
    {
        LastList = list;
        _isListed = true;
    }

    internal void Leave() => _isListed = false;
}
