using System;
using GpuMm.RenderLoop;

namespace GpuMm.Dashboard.WhatIf;

/// <summary>A run that was asked for: waiting, running, done or failed.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Title">What was asked for, in a line.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="DoneFrames">Frames drawn so far.</param>
/// <param name="Frames">Frames to draw.</param>
/// <param name="Summary">How it went; null before the end.</param>
/// <param name="FrameMs">Frame times, ms, at most <see cref="WhatIfService.MaxPoints"/>: of frames that share one, the longest. A loading screen's are among them.</param>
/// <param name="Problem">Why it failed; null when it did not.</param>
/// <param name="Wall">How long it took.</param>
public sealed record WhatIfRun(
    int Id, string Title, WhatIfRequest Request, int DoneFrames, int Frames, DemoSummary? Summary, double[] FrameMs, string? Problem, TimeSpan Wall)
{
    /// <summary>Whether it is at its end.</summary>
    public bool IsOver => Summary is not null || Problem is not null;
}
