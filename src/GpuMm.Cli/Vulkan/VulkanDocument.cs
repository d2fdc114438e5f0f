using System.Collections.Generic;
using GpuMm.Vulkan.Devices;

namespace GpuMm.Cli.Vulkan;

/// <summary>The shape of <c>gpumm vulkan info --json</c>.</summary>
internal sealed record VulkanDocument
{
    public required int SchemaVersion { get; init; }

    public required IReadOnlyList<VulkanDeviceInfo> Devices { get; init; }
}
