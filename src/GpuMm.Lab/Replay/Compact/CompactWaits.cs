using System.Runtime.CompilerServices;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>What a job waits for: by timeline the number of a job; 0 for nothing.</summary>
[InlineArray(CompactMachine.TimelineCount)]
internal struct CompactWaits
{
    private uint _first;
}
