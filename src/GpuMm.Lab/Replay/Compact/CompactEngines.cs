using System.Runtime.CompilerServices;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>The engines of a machine, one of each timeline.</summary>
[InlineArray(CompactMachine.TimelineCount)]
internal struct CompactEngines
{
    private CompactEngine _first;
}
