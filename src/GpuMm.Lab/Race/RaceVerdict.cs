namespace GpuMm.Lab.Race;

/// <summary>What one schedule came to. Exactly one holds; the first that applies, from the bottom of this list up.</summary>
public enum RaceVerdict
{
    /// <summary>Every entry names the object's place and every store is there; or a signal ended the access, rightly.</summary>
    Ok,

    /// <summary>A thread read bytes that are not the object's, or the object now holds such bytes.</summary>
    WrongData,

    /// <summary>The entries are right, but a store is not in the object.</summary>
    LostWrite,

    /// <summary>An entry names a place that the object has left, or lies in no area; no byte is wrong so far.</summary>
    StaleHarmless,

    /// <summary>A stale entry, and a store went to the old place after the copy.</summary>
    StaleLostWrite,

    /// <summary>A stale entry, and a store went into a frame that belongs to somebody else by then.</summary>
    StaleForeign,

    /// <summary>The handler answers Retry again and again; movers can keep it from ever finishing.</summary>
    LiveLock,

    /// <summary>Two actors wait for each other.</summary>
    DeadLock,
}
