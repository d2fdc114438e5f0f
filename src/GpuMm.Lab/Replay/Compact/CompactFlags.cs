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
}
