using System.Runtime.CompilerServices;

namespace GpuMm.Lab.Race;

/// <summary>Eight bytes inside a state, indexed by actor, page or frame; copied with it.</summary>
[InlineArray(Length)]
internal struct RaceBytes
{
    /// <summary>How many there are.</summary>
    public const int Length = 8;

    private byte _first;
}
