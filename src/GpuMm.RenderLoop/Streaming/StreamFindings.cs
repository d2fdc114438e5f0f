namespace GpuMm.RenderLoop.Streaming;

/// <summary>What mip streaming did.</summary>
/// <param name="BudgetBytes">Bytes it may keep.</param>
/// <param name="StreamedBytes">Bytes loaded, first and later loads.</param>
/// <param name="DroppedLevels">Levels given up for others.</param>
/// <param name="RefusedLevels">Wanted levels that had no room in the budget, summed over frames.</param>
public sealed record StreamFindings(ulong BudgetBytes, long StreamedBytes, long DroppedLevels, long RefusedLevels);
