using System;
using System.Collections.Generic;
using System.Linq;
using Silk.NET.Vulkan;
using VkBuffer = Silk.NET.Vulkan.Buffer;

namespace GpuMm.Vulkan.Devices;

/// <summary>A device in use: its queues, its functions, its memory types, and a count of everything made on it.</summary>
/// <remarks>One thread uses a device. After it was lost, everything but giving back throws.</remarks>
internal sealed unsafe partial class VulkanDevice : IDisposable
{
    private readonly VulkanInstance _instance;
    private bool _isDisposed;

    /// <summary>Opens a device.</summary>
    /// <param name="instance">The loader; disposed with the device.</param>
    /// <param name="index">The loader's number of the device; null for the one that is most of a GPU.</param>
    /// <exception cref="MirrorUnavailableException">There is no such device, or it lacks what a mirror needs.</exception>
    public VulkanDevice(VulkanInstance instance, int? index = null)
    {
        _instance = instance;
        IReadOnlyList<PhysicalDevice> devices = instance.Devices();
        VulkanDeviceInfo[] infos = [.. devices.Select((device, i) => DeviceQuery.Describe(instance.Api, device, i))];
        Info = Pick(infos, index);
        PhysicalDevice physical = devices[Info.Index];
        Physical = physical;
        ResetsQueriesFromHost = DeviceQuery.HasHostQueryReset(instance.Api, physical);
        QueueChoice queues = QueueChoice.Of(Info.QueueFamilies, ResetsQueriesFromHost);
        CopyFamily = (uint)queues.Copies.Index;
        ShaderFamily = (uint)queues.Shaders.Index;
        TimestampBits = queues.Copies.TimestampBits;
        Handle = Create(instance.Api, physical);
        Functions = new DeviceFunctions(instance.Api, Handle);
        Passes = new PassFunctions(instance.Api, Handle);
        Queue queue;
        Functions.GetDeviceQueue(Handle, CopyFamily, 0, &queue);
        CopyQueue = queue;
        Functions.GetDeviceQueue(Handle, ShaderFamily, 0, &queue);
        ShaderQueue = queue;
        Domains = DomainMap.Choose(Info.MemoryTypes, Info.Heaps, ProbeMemoryBits());
    }

    public VulkanDeviceInfo Info { get; }

    public Device Handle { get; }

    public PhysicalDevice Physical { get; }

    public DeviceFunctions Functions { get; }

    public PassFunctions Passes { get; }

    public DomainMap Domains { get; }

    public DeviceCounts Counts { get; } = new();

    public uint CopyFamily { get; }

    public uint ShaderFamily { get; }

    public Queue CopyQueue { get; }

    public Queue ShaderQueue { get; }

    public int TimestampBits { get; }

    /// <summary>True when queries may be reset by the CPU; a queue that only copies cannot do it itself.</summary>
    public bool ResetsQueriesFromHost { get; }

    /// <summary>True when copies and shaders share one queue.</summary>
    public bool IsOneQueue => CopyFamily == ShaderFamily;

    /// <summary>True when the copy queue may clear images; one that only copies may not.</summary>
    public bool ClearsImages => IsOneQueue;

    /// <summary>True from the first call that answered that the device is lost.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Throws unless a call succeeded; remembers when the device is lost.</summary>
    public void Check(Result result, string call)
    {
        if (result == Result.ErrorDeviceLost)
        {
            IsLost = true;
        }

        Throw.If(result, call);
    }

    /// <summary>Asks the heap of a domain what it holds and may give now.</summary>
    public MemoryHeapInfo HeapOf(MemoryDomain domain) =>
        DeviceQuery.Describe(_instance.Api, Physical, Info.Index).Heaps[Domains[domain].HeapIndex];

    /// <summary>Waits until the device has nothing to do; a lost device has not.</summary>
    public void WaitIdle()
    {
        if (!IsLost)
        {
            Result result = Functions.DeviceWaitIdle(Handle);
            IsLost |= result == Result.ErrorDeviceLost;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        WaitIdle();
        Functions.DestroyDevice(Handle, null);
        _instance.Dispose();
    }

    private static VulkanDeviceInfo Pick(VulkanDeviceInfo[] infos, int? index)
    {
        if (index is { } wanted)
        {
            VulkanDeviceInfo? found = infos.FirstOrDefault(info => info.Index == wanted);
            return found is null ? throw new MirrorUnavailableException($"there is no device {wanted}; 'gpumm vulkan info' lists them")
                : found.Problem is { } problem ? throw new MirrorUnavailableException($"device {wanted}, {found.Name}: {problem}")
                : found;
        }

        VulkanDeviceInfo? best = infos.Where(static info => info.Problem is null).OrderBy(static info => Rank(info.Type)).FirstOrDefault();
        return best ?? throw new MirrorUnavailableException($"{infos[0].Name}: {infos[0].Problem}");
    }

    private static int Rank(string type) => type switch { "discrete" => 0, "integrated" => 1, "virtual" => 2, "cpu" => 3, _ => 4 };

    private Device Create(Vk api, PhysicalDevice physical)
    {
        float priority = 1;
        DeviceQueueCreateInfo* queues = stackalloc DeviceQueueCreateInfo[2];
        queues[0] = new DeviceQueueCreateInfo
        {
            SType = StructureType.DeviceQueueCreateInfo,
            QueueFamilyIndex = ShaderFamily,
            QueueCount = 1,
            PQueuePriorities = &priority,
        };
        queues[1] = queues[0] with { QueueFamilyIndex = CopyFamily };
        PhysicalDeviceMemoryPriorityFeaturesEXT priorities = new()
        {
            SType = StructureType.PhysicalDeviceMemoryPriorityFeaturesExt,
            MemoryPriority = true,
        };
        PhysicalDeviceHostQueryResetFeatures resets = new()
        {
            SType = StructureType.PhysicalDeviceHostQueryResetFeatures,
            HostQueryReset = ResetsQueriesFromHost,
            PNext = Info.MemoryPriority ? &priorities : null,
        };
        PhysicalDeviceTimelineSemaphoreFeatures timelines = new()
        {
            SType = StructureType.PhysicalDeviceTimelineSemaphoreFeatures,
            TimelineSemaphore = true,
            PNext = &resets,
        };
        fixed (byte* priorityName = VulkanInstance.Text("VK_EXT_memory_priority"))
        fixed (byte* budgetName = VulkanInstance.Text("VK_EXT_memory_budget"))
        fixed (byte* hostName = VulkanInstance.Text("VK_EXT_external_memory_host"))
        {
            byte** names = stackalloc byte*[3];
            uint count = 0;
            Add(names, ref count, Info.MemoryPriority, priorityName);
            Add(names, ref count, Info.MemoryBudget, budgetName);
            Add(names, ref count, Info.ExternalMemoryHost, hostName);
            DeviceCreateInfo info = new()
            {
                SType = StructureType.DeviceCreateInfo,
                PNext = &timelines,
                QueueCreateInfoCount = IsOneQueue ? 1u : 2u,
                PQueueCreateInfos = queues,
                EnabledExtensionCount = count,
                PpEnabledExtensionNames = names,
            };
            Device device;
            Throw.If(api.CreateDevice(physical, &info, null, &device), "vkCreateDevice");
            return device;
        }
    }

    private static void Add(byte** names, ref uint count, bool isOffered, byte* name)
    {
        if (isOffered)
        {
            names[count++] = name;
        }
    }

    // What our kinds of buffer and image may lie in, as the device says.
    private uint ProbeMemoryBits()
    {
        VkBuffer buffer = CreateBuffer(1 << 16);
        uint bits = Requirements(buffer).MemoryTypeBits;
        DestroyBuffer(buffer);
        return bits;
    }
}
