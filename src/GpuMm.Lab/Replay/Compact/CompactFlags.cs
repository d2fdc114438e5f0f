using System;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>What is known of an object.</summary>
[Flags]
internal enum CompactFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It has system pages.</summary>
    HasPages = 1,

    /// <summary>It was evicted, and has not been back in video memory when used since.</summary>
    WasEvicted = 2,

    /// <summary>The job that is being collected uses it.</summary>
    InJob = 4,

    /// <summary>The submission that is under way holds it.</summary>
    Held = 8,

    /// <summary>The submission that holds it gave it its space or counted its use: a ranking counts one use for each.</summary>
    Counted = 16,

    /// <summary>One of its fences is of the last job that reads it, done or not.</summary>
    HasReader = 32,

    /// <summary>It took a row of <see cref="CompactFences"/>, which another may have by now.</summary>
    HasRow = 64,
}
