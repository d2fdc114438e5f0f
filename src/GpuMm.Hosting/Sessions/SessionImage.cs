using System.Collections.Generic;

namespace GpuMm.Hosting.Sessions;

/// <summary>A client at one moment, for a snapshot.</summary>
/// <param name="Session">The client.</param>
/// <param name="Limits">What it may hold.</param>
/// <param name="LastHandle">The last number given out.</param>
/// <param name="Handles">Its handles.</param>
internal sealed record SessionImage(GpuSession Session, SessionLimits Limits, uint LastHandle, IReadOnlyList<HandleImage> Handles);
