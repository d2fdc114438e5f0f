using System.Collections.Generic;

namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>News of a device.</summary>
/// <param name="Last">Number of the last event in it: ask for those after it next.</param>
/// <param name="Missed">Events that were overwritten before they could be read.</param>
/// <param name="Events">The events, oldest first.</param>
public sealed record EventBatch(ulong Last, ulong Missed, IReadOnlyList<EventView> Events);
