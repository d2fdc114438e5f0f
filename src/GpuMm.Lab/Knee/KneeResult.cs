using System.Collections.Generic;

namespace GpuMm.Lab.Knee;

/// <summary>How much memory is enough.</summary>
/// <param name="EnoughBytes">The smallest size tried from which every size tried keeps to the budget, on enough seeds; null when even the largest does not.</param>
/// <param name="TooSmallBytes">The largest size tried below it, which does not; null when the smallest already does.</param>
/// <param name="PerSeedBytes">For each seed alone, the smallest size from which it keeps to the budget; null where it never does. Their spread is the confidence.</param>
/// <param name="Points">All sizes tried, ascending.</param>
/// <param name="IsMonotone">No smaller size kept to the budget on enough seeds while a larger one did not.</param>
public sealed record KneeResult(
    ulong? EnoughBytes, ulong? TooSmallBytes, IReadOnlyList<ulong?> PerSeedBytes, IReadOnlyList<KneePoint> Points, bool IsMonotone);
