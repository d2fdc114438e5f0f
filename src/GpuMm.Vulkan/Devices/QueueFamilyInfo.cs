namespace GpuMm.Vulkan.Devices;

/// <summary>One family of a device's queues.</summary>
/// <param name="Index">Vulkan's number for it.</param>
/// <param name="QueueCount">Queues in it.</param>
/// <param name="Graphics">It draws.</param>
/// <param name="Compute">It computes.</param>
/// <param name="Transfer">It copies.</param>
/// <param name="TimestampBits">Valid bits of its timestamps; 0 when it has none.</param>
/// <param name="FineCopies">It copies any rectangle of an image, not only whole ones.</param>
public sealed record QueueFamilyInfo(
    int Index, int QueueCount, bool Graphics, bool Compute, bool Transfer, int TimestampBits, bool FineCopies);
