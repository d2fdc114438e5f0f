using System;

namespace GpuMm.Benchmarks.Mirror;

/// <summary>What a bare loop does beyond copying between buffers that were made once, many copies a submission.</summary>
[Flags]
internal enum BareKind
{
    /// <summary>Nothing: buffer to buffer.</summary>
    Buffers = 0,

    /// <summary>What stands for video memory is an image, as textures are.</summary>
    Images = 1,

    /// <summary>Timestamps around the copies, as many as the mirror writes on this device.</summary>
    Timestamps = 2,

    /// <summary>Each copy's target is made for it, and its source given back behind it.</summary>
    MadeAnew = 4,

    /// <summary>Each copy is a submission.</summary>
    SubmittedAlone = 8,
}
