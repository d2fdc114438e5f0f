using System.Collections.Generic;

namespace GpuMm.Vulkan.Devices;

/// <summary>What a Vulkan device says about itself, as far as a mirror cares.</summary>
public sealed record VulkanDeviceInfo
{
    /// <summary>The loader's number for it.</summary>
    public required int Index { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>cpu, integrated, discrete, virtual or other.</summary>
    public required string Type { get; init; }

    /// <summary>True when the processor plays the device.</summary>
    public bool IsSoftware => Type == "cpu";

    /// <summary>The version of Vulkan that it offers.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>Its driver, with version.</summary>
    public required string Driver { get; init; }

    /// <summary>Its heaps.</summary>
    public required IReadOnlyList<MemoryHeapInfo> Heaps { get; init; }

    /// <summary>Its memory types.</summary>
    public required IReadOnlyList<MemoryTypeInfo> MemoryTypes { get; init; }

    /// <summary>Its queue families.</summary>
    public required IReadOnlyList<QueueFamilyInfo> QueueFamilies { get; init; }

    /// <summary>How long a tick of its timestamps is, ns.</summary>
    public required double TimestampPeriodNs { get; init; }

    /// <summary>Most texels of an image in one direction.</summary>
    public required int MaxImageDimension { get; init; }

    /// <summary>Most single allocations at a time.</summary>
    public required int MaxAllocations { get; init; }

    /// <summary>Timeline semaphores: without them there is no mirror.</summary>
    public required bool TimelineSemaphores { get; init; }

    /// <summary>VK_EXT_memory_budget.</summary>
    public required bool MemoryBudget { get; init; }

    /// <summary>VK_EXT_memory_priority.</summary>
    public required bool MemoryPriority { get; init; }

    /// <summary>VK_EXT_external_memory_host.</summary>
    public required bool ExternalMemoryHost { get; init; }

    /// <summary>What imported host memory must be aligned to, bytes; 0 without that extension.</summary>
    public required ulong ImportAlignmentBytes { get; init; }

    /// <summary>How domains map onto memory types; null when the device cannot be mirrored on.</summary>
    public required DomainMap? Domains { get; init; }

    /// <summary>Why the device cannot be mirrored on; null when it can.</summary>
    public required string? Problem { get; init; }
}
