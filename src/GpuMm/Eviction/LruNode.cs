namespace GpuMm.Eviction;

/// <summary>A member of an <see cref="LruList"/>; on one list or on none. Lock: the manager that owns the list.</summary>
public abstract class LruNode
{
    internal LruList? List { get; set; }

    internal LruNode? Previous { get; set; }

    internal LruNode? Next { get; set; }
}
