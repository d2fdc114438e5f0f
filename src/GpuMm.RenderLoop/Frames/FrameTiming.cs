namespace GpuMm.RenderLoop.Frames;

/// <summary>The points in time of one frame.</summary>
/// <param name="PreviousShownNs">When the frame before it was seen.</param>
/// <param name="SubmittedNs">When the processor had queued its last job.</param>
/// <param name="ImageFreeNs">When its image could be drawn into.</param>
/// <param name="DoneNs">When its last job ended.</param>
/// <param name="ShownNs">When it was seen; not before it was done.</param>
public readonly record struct FrameTiming(long PreviousShownNs, long SubmittedNs, long ImageFreeNs, long DoneNs, long ShownNs)
{
    /// <summary>Time since the frame before it was seen, ns.</summary>
    public long FrameNs => ShownNs - PreviousShownNs;
}
