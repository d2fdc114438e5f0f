using System.Collections.Generic;

namespace GpuMm.RenderLoop.Workloads;

/// <summary>What a run does in each frame.</summary>
internal interface IWorkload
{
    /// <summary>The clients, the game first.</summary>
    IReadOnlyList<GameClient> Clients { get; }

    /// <summary>True when there is nothing left to do before all frames are drawn: a recording that is over.</summary>
    bool IsOver => false;

    /// <summary>Draws one frame.</summary>
    void DrawFrame(FrameLoop loop);

    /// <summary>What the workload itself found out; null for nothing.</summary>
    WorkloadFindings? Findings(FrameLoop loop) => null;
}
