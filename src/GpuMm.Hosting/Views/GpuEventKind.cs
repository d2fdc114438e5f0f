namespace GpuMm.Hosting.Views;

/// <summary>What a viewer is told of.</summary>
public enum GpuEventKind : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>An object was made.</summary>
    ObjectCreated = 1,

    /// <summary>An object's last handle is gone.</summary>
    ObjectDestroyed = 2,

    /// <summary>An object moves, or moved.</summary>
    Moved = 3,

    /// <summary>An object made room for another.</summary>
    Evicted = 4,

    /// <summary>A CPU fault was answered.</summary>
    FaultServed = 5,

    /// <summary>Page-table entries were revoked.</summary>
    Zapped = 6,

    /// <summary>An object may not move.</summary>
    Pinned = 7,

    /// <summary>An object may move again.</summary>
    Unpinned = 8,

    /// <summary>Contents were dropped.</summary>
    Purged = 9,

    /// <summary>A job was queued.</summary>
    Submitted = 10,

    /// <summary>A client came.</summary>
    ClientOpened = 11,

    /// <summary>A client went, and all that it held.</summary>
    ClientClosed = 12,

    /// <summary>A limit changed.</summary>
    LimitChanged = 13,
}
