using System.Runtime.CompilerServices;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>The fences of one object, as words of <see cref="CompactTimelines"/>.</summary>
[InlineArray(Length)]
internal struct CompactFenceWords
{
    /// <summary>Most fences of one object. A job that is under way, two copies, a join: more are rare.</summary>
    public const int Length = 6;

    private uint _first;
}
