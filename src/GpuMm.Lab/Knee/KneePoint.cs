using System.Collections.Generic;

namespace GpuMm.Lab.Knee;

/// <summary>What one size gave.</summary>
/// <param name="SizeBytes">The size tried.</param>
/// <param name="Values">The metric, one value per seed.</param>
/// <param name="Holding">How many of them keep to the budget.</param>
public sealed record KneePoint(ulong SizeBytes, IReadOnlyList<double> Values, int Holding);
