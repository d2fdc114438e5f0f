using System.Collections.Generic;

namespace GpuMm.Hosting.Views;

/// <summary>What a search found.</summary>
/// <param name="Objects">Some of it, by number.</param>
/// <param name="Total">How many match in all, as far as was looked.</param>
/// <param name="IsComplete">False when the search stopped at its limit of objects looked at.</param>
public sealed record ObjectPage(IReadOnlyList<ObjectView> Objects, int Total, bool IsComplete);
