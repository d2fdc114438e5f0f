namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>A fence of the render engine.</summary>
/// <param name="Fence">Its number; numbers signal in order.</param>
/// <param name="IsSignaled">Whether the work is done.</param>
/// <param name="DueMicroseconds">Time until it is done; 0 when it is.</param>
public sealed record FenceReply(ulong Fence, bool IsSignaled, long DueMicroseconds);
