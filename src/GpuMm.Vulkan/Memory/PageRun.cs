namespace GpuMm.Vulkan.Memory;

/// <summary>Pages that follow each other in two stores.</summary>
/// <param name="FromPage">First page in the source.</param>
/// <param name="ToPage">First page in the target.</param>
/// <param name="PageCount">How many.</param>
internal readonly record struct PageRun(uint FromPage, uint ToPage, uint PageCount);
