using System.Collections.Generic;

namespace GpuMm.Client;

/// <summary>News of a device.</summary>
/// <param name="Last">Number of the last event in it: watch from there to go on.</param>
/// <param name="Missed">Events that were overwritten before they could be sent.</param>
/// <param name="Events">The events, oldest first.</param>
public sealed record DeviceEvents(ulong Last, ulong Missed, IReadOnlyList<DeviceEventInfo> Events);
