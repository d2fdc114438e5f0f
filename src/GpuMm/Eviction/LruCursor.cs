namespace GpuMm.Eviction;

/// <summary>
/// A place in a walk over the lists of one manager. It sits in the list itself, so the walk keeps its position while
/// others add, remove and move members.
/// </summary>
internal sealed class LruCursor : LruNode
{
    /// <summary>The priority whose list is being walked.</summary>
    public int Priority { get; set; }

    /// <summary>The next cursor that nobody uses.</summary>
    public LruCursor? NextFree { get; set; }
}
