using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Devices;

/// <summary>Asks devices what they are.</summary>
public static unsafe class DeviceQuery
{
    /// <summary>Every device that the loader knows.</summary>
    /// <exception cref="MirrorUnavailableException">There is no loader, no driver or no device.</exception>
    public static IReadOnlyList<VulkanDeviceInfo> All()
    {
        using VulkanInstance instance = new();
        IReadOnlyList<PhysicalDevice> devices = instance.Devices();
        return [.. devices.Select((device, index) => Describe(instance.Api, device, index))];
    }

    internal static VulkanDeviceInfo Describe(Vk api, PhysicalDevice device, int index)
    {
        HashSet<string> extensions = Extensions(api, device);
        PhysicalDeviceExternalMemoryHostPropertiesEXT hostMemory = new() { SType = StructureType.PhysicalDeviceExternalMemoryHostPropertiesExt };
        PhysicalDeviceDriverProperties driver = new() { SType = StructureType.PhysicalDeviceDriverProperties };
        PhysicalDeviceProperties2 properties = new() { SType = StructureType.PhysicalDeviceProperties2 };
        bool importsHost = extensions.Contains("VK_EXT_external_memory_host");
        PhysicalDeviceProperties only;
        api.GetPhysicalDeviceProperties(device, &only);
        bool isModern = only.ApiVersion >= ((1u << 22) | (2u << 12));
        if (isModern)
        {
            properties.PNext = &driver;
            driver.PNext = importsHost ? &hostMemory : null;
            api.GetPhysicalDeviceProperties2(device, &properties);
        }
        else
        {
            properties.Properties = only;
        }

        bool hasTimelines = isModern && HasTimelines(api, device);
        bool hasBudget = isModern && extensions.Contains("VK_EXT_memory_budget");
        ReadMemory(api, device, hasBudget, isModern, out MemoryHeapInfo[] heaps, out MemoryTypeInfo[] types);
        QueueFamilyInfo[] families = Families(api, device);
        string? problem = !isModern ? "it offers Vulkan below 1.2"
            : !hasTimelines ? "it has no timeline semaphores"
            : !families.Any(static f => f.Graphics && f.Compute) ? "no queue family both draws and computes"
            : null;
        DomainMap? domains = null;
        try
        {
            domains = problem is null ? DomainMap.Choose(types, heaps, uint.MaxValue) : null;
        }
        catch (MirrorUnavailableException reason)
        {
            problem = reason.Message;
        }

        return new VulkanDeviceInfo
        {
            Index = index,
            Name = Text(properties.Properties.DeviceName),
            Type = TypeName(properties.Properties.DeviceType),
            ApiVersion = Version(properties.Properties.ApiVersion),
            Driver = $"{Text(driver.DriverName)} {Text(driver.DriverInfo)}".Trim(),
            Heaps = heaps,
            MemoryTypes = types,
            QueueFamilies = families,
            TimestampPeriodNs = properties.Properties.Limits.TimestampPeriod,
            MaxImageDimension = (int)properties.Properties.Limits.MaxImageDimension2D,
            MaxAllocations = (int)Math.Min(properties.Properties.Limits.MaxMemoryAllocationCount, int.MaxValue),
            TimelineSemaphores = hasTimelines,
            MemoryBudget = hasBudget,
            MemoryPriority = isModern && extensions.Contains("VK_EXT_memory_priority"),
            ExternalMemoryHost = isModern && importsHost,
            ImportAlignmentBytes = isModern && importsHost ? hostMemory.MinImportedHostPointerAlignment : 0,
            Domains = domains,
            Problem = problem,
        };
    }

    private static HashSet<string> Extensions(Vk api, PhysicalDevice device)
    {
        uint count = 0;
        Throw.If(api.EnumerateDeviceExtensionProperties(device, (byte*)null, &count, null), "vkEnumerateDeviceExtensionProperties");
        ExtensionProperties[] found = new ExtensionProperties[count];
        HashSet<string> names = new(StringComparer.Ordinal);
        fixed (ExtensionProperties* first = found)
        {
            Throw.If(api.EnumerateDeviceExtensionProperties(device, (byte*)null, &count, first), "vkEnumerateDeviceExtensionProperties");
            for (int i = 0; i < (int)count; i++)
            {
                names.Add(Text(first[i].ExtensionName));
            }
        }

        return names;
    }

    internal static bool HasHostQueryReset(Vk api, PhysicalDevice device)
    {
        PhysicalDeviceHostQueryResetFeatures resets = new() { SType = StructureType.PhysicalDeviceHostQueryResetFeatures };
        PhysicalDeviceFeatures2 features = new() { SType = StructureType.PhysicalDeviceFeatures2, PNext = &resets };
        api.GetPhysicalDeviceFeatures2(device, &features);
        return resets.HostQueryReset;
    }

    private static bool HasTimelines(Vk api, PhysicalDevice device)
    {
        PhysicalDeviceTimelineSemaphoreFeatures timelines = new() { SType = StructureType.PhysicalDeviceTimelineSemaphoreFeatures };
        PhysicalDeviceFeatures2 features = new() { SType = StructureType.PhysicalDeviceFeatures2, PNext = &timelines };
        api.GetPhysicalDeviceFeatures2(device, &features);
        return timelines.TimelineSemaphore;
    }

    private static void ReadMemory(
        Vk api, PhysicalDevice device, bool hasBudget, bool isModern, out MemoryHeapInfo[] heaps, out MemoryTypeInfo[] types)
    {
        PhysicalDeviceMemoryBudgetPropertiesEXT budget = new() { SType = StructureType.PhysicalDeviceMemoryBudgetPropertiesExt };
        PhysicalDeviceMemoryProperties2 memory = new()
        {
            SType = StructureType.PhysicalDeviceMemoryProperties2,
            PNext = hasBudget ? &budget : null,
        };
        if (isModern)
        {
            api.GetPhysicalDeviceMemoryProperties2(device, &memory);
        }
        else
        {
            api.GetPhysicalDeviceMemoryProperties(device, &memory.MemoryProperties);
        }

        heaps = new MemoryHeapInfo[memory.MemoryProperties.MemoryHeapCount];
        for (int i = 0; i < heaps.Length; i++)
        {
            MemoryHeap heap = memory.MemoryProperties.MemoryHeaps[i];
            heaps[i] = new MemoryHeapInfo(
                i,
                heap.Size,
                (heap.Flags & MemoryHeapFlags.DeviceLocalBit) != 0,
                hasBudget ? budget.HeapBudget[i] : null,
                hasBudget ? budget.HeapUsage[i] : null);
        }

        types = new MemoryTypeInfo[memory.MemoryProperties.MemoryTypeCount];
        for (int i = 0; i < types.Length; i++)
        {
            MemoryType type = memory.MemoryProperties.MemoryTypes[i];
            types[i] = new MemoryTypeInfo(i, (int)type.HeapIndex, (uint)type.PropertyFlags);
        }
    }

    private static QueueFamilyInfo[] Families(Vk api, PhysicalDevice device)
    {
        uint count = 0;
        api.GetPhysicalDeviceQueueFamilyProperties(device, &count, null);
        QueueFamilyProperties[] families = new QueueFamilyProperties[count];
        fixed (QueueFamilyProperties* first = families)
        {
            api.GetPhysicalDeviceQueueFamilyProperties(device, &count, first);
        }

        return [.. families.Select(static (family, index) => new QueueFamilyInfo(
            index,
            (int)family.QueueCount,
            (family.QueueFlags & QueueFlags.GraphicsBit) != 0,
            (family.QueueFlags & QueueFlags.ComputeBit) != 0,

            // A family that draws or computes copies too, whether it says so or not.
            (family.QueueFlags & (QueueFlags.TransferBit | QueueFlags.GraphicsBit | QueueFlags.ComputeBit)) != 0,
            (int)family.TimestampValidBits,
            family.MinImageTransferGranularity is { Width: 1, Height: 1 }))];
    }

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    private static string Version(uint version) =>
        string.Create(CultureInfo.InvariantCulture, $"{version >> 22}.{(version >> 12) & 0x3FF}.{version & 0xFFF}");

    private static string TypeName(PhysicalDeviceType type) => type switch
    {
        PhysicalDeviceType.Cpu => "cpu",
        PhysicalDeviceType.DiscreteGpu => "discrete",
        PhysicalDeviceType.IntegratedGpu => "integrated",
        PhysicalDeviceType.VirtualGpu => "virtual",
        _ => "other",
    };
}
