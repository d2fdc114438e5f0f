namespace GpuMm.Paging;

/// <summary>What to map.</summary>
/// <param name="Window">The file pages; at least one.</param>
/// <param name="Protection">What to allow.</param>
/// <param name="PrivateData">What the operations need to know about the area.</param>
public readonly record struct VmAreaDescription(PageWindow Window, VmProtection Protection, object? PrivateData = null);
