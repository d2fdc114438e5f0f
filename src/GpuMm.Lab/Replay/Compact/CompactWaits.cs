using System;
using System.Runtime.CompilerServices;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>What a job waits for: by timeline the number of a job; 0 for nothing.</summary>
[InlineArray(CompactMachine.TimelineCount)]
internal struct CompactWaits
{
    private uint _first;

    /// <summary>Waits for one fence more.</summary>
    /// <param name="word">The fence.</param>
    public void Note(uint word)
    {
        ref uint known = ref this[CompactTimelines.TimelineOf(word)];
        known = Math.Max(known, CompactTimelines.SeqnoOf(word));
    }
}
