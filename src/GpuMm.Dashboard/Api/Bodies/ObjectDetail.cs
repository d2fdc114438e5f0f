using System.Collections.Generic;
using GpuMm.Hosting.Views;

namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>An object and what is still known of its past.</summary>
/// <param name="Info">The object; null when it is gone and only its past is known.</param>
/// <param name="History">Events, oldest first.</param>
public sealed record ObjectDetail(ObjectView? Info, IReadOnlyList<EventView> History);
