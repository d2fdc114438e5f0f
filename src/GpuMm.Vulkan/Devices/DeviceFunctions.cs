using Silk.NET.Vulkan;
using VkBuffer = Silk.NET.Vulkan.Buffer;
using VkFence = Silk.NET.Vulkan.Fence;
using VkSemaphore = Silk.NET.Vulkan.Semaphore;

namespace GpuMm.Vulkan.Devices;

/// <summary>The functions of one device that memory, copies and waits need, called without the loader in between.</summary>
/// <remarks>A table, so that a test can put a function that fails in the place of one that does not.</remarks>
internal sealed unsafe class DeviceFunctions
{
    public delegate* unmanaged<Device, uint, uint, Queue*, void> GetDeviceQueue;
    public delegate* unmanaged<Device, AllocationCallbacks*, void> DestroyDevice;
    public delegate* unmanaged<Device, Result> DeviceWaitIdle;
    public delegate* unmanaged<Queue, uint, SubmitInfo*, VkFence, Result> QueueSubmit;
    public delegate* unmanaged<Device, MemoryAllocateInfo*, AllocationCallbacks*, DeviceMemory*, Result> AllocateMemory;
    public delegate* unmanaged<Device, DeviceMemory, AllocationCallbacks*, void> FreeMemory;
    public delegate* unmanaged<Device, DeviceMemory, ulong, ulong, uint, void**, Result> MapMemory;
    public delegate* unmanaged<Device, BufferCreateInfo*, AllocationCallbacks*, VkBuffer*, Result> CreateBuffer;
    public delegate* unmanaged<Device, VkBuffer, AllocationCallbacks*, void> DestroyBuffer;
    public delegate* unmanaged<Device, VkBuffer, MemoryRequirements*, void> GetBufferMemoryRequirements;
    public delegate* unmanaged<Device, VkBuffer, DeviceMemory, ulong, Result> BindBufferMemory;
    public delegate* unmanaged<Device, ImageCreateInfo*, AllocationCallbacks*, Image*, Result> CreateImage;
    public delegate* unmanaged<Device, Image, AllocationCallbacks*, void> DestroyImage;
    public delegate* unmanaged<Device, Image, MemoryRequirements*, void> GetImageMemoryRequirements;
    public delegate* unmanaged<Device, Image, DeviceMemory, ulong, Result> BindImageMemory;
    public delegate* unmanaged<Device, ImageViewCreateInfo*, AllocationCallbacks*, ImageView*, Result> CreateImageView;
    public delegate* unmanaged<Device, ImageView, AllocationCallbacks*, void> DestroyImageView;
    public delegate* unmanaged<Device, CommandPoolCreateInfo*, AllocationCallbacks*, CommandPool*, Result> CreateCommandPool;
    public delegate* unmanaged<Device, CommandPool, AllocationCallbacks*, void> DestroyCommandPool;
    public delegate* unmanaged<Device, CommandBufferAllocateInfo*, CommandBuffer*, Result> AllocateCommandBuffers;
    public delegate* unmanaged<CommandBuffer, CommandBufferBeginInfo*, Result> BeginCommandBuffer;
    public delegate* unmanaged<CommandBuffer, Result> EndCommandBuffer;
    public delegate* unmanaged<CommandBuffer, VkBuffer, VkBuffer, uint, BufferCopy*, void> CmdCopyBuffer;
    public delegate* unmanaged<CommandBuffer, VkBuffer, Image, ImageLayout, uint, BufferImageCopy*, void> CmdCopyBufferToImage;
    public delegate* unmanaged<CommandBuffer, Image, ImageLayout, VkBuffer, uint, BufferImageCopy*, void> CmdCopyImageToBuffer;
    public delegate* unmanaged<CommandBuffer, Image, ImageLayout, Image, ImageLayout, uint, ImageCopy*, void> CmdCopyImage;
    public delegate* unmanaged<CommandBuffer, VkBuffer, ulong, ulong, uint, void> CmdFillBuffer;
    public delegate* unmanaged<CommandBuffer, Image, ImageLayout, ClearColorValue*, uint, ImageSubresourceRange*, void> CmdClearColorImage;
    public delegate* unmanaged<CommandBuffer, PipelineStageFlags, PipelineStageFlags, DependencyFlags, uint, MemoryBarrier*, uint, BufferMemoryBarrier*, uint, ImageMemoryBarrier*, void> CmdPipelineBarrier;
    public delegate* unmanaged<Device, QueryPoolCreateInfo*, AllocationCallbacks*, QueryPool*, Result> CreateQueryPool;
    public delegate* unmanaged<Device, QueryPool, AllocationCallbacks*, void> DestroyQueryPool;
    public delegate* unmanaged<CommandBuffer, QueryPool, uint, uint, void> CmdResetQueryPool;
    public delegate* unmanaged<Device, QueryPool, uint, uint, void> ResetQueryPool;
    public delegate* unmanaged<CommandBuffer, PipelineStageFlags, QueryPool, uint, void> CmdWriteTimestamp;
    public delegate* unmanaged<Device, QueryPool, uint, uint, nuint, void*, ulong, QueryResultFlags, Result> GetQueryPoolResults;
    public delegate* unmanaged<Device, SemaphoreCreateInfo*, AllocationCallbacks*, VkSemaphore*, Result> CreateSemaphore;
    public delegate* unmanaged<Device, VkSemaphore, AllocationCallbacks*, void> DestroySemaphore;
    public delegate* unmanaged<Device, SemaphoreWaitInfo*, ulong, Result> WaitSemaphores;
    public delegate* unmanaged<Device, VkSemaphore, ulong*, Result> GetSemaphoreCounterValue;

    public DeviceFunctions(Vk api, Device device)
    {
        GetDeviceQueue = (delegate* unmanaged<Device, uint, uint, Queue*, void>)DeviceAddress.Of(api, device, "vkGetDeviceQueue");
        DestroyDevice = (delegate* unmanaged<Device, AllocationCallbacks*, void>)DeviceAddress.Of(api, device, "vkDestroyDevice");
        DeviceWaitIdle = (delegate* unmanaged<Device, Result>)DeviceAddress.Of(api, device, "vkDeviceWaitIdle");
        QueueSubmit = (delegate* unmanaged<Queue, uint, SubmitInfo*, VkFence, Result>)DeviceAddress.Of(api, device, "vkQueueSubmit");
        AllocateMemory = (delegate* unmanaged<Device, MemoryAllocateInfo*, AllocationCallbacks*, DeviceMemory*, Result>)DeviceAddress.Of(api, device, "vkAllocateMemory");
        FreeMemory = (delegate* unmanaged<Device, DeviceMemory, AllocationCallbacks*, void>)DeviceAddress.Of(api, device, "vkFreeMemory");
        MapMemory = (delegate* unmanaged<Device, DeviceMemory, ulong, ulong, uint, void**, Result>)DeviceAddress.Of(api, device, "vkMapMemory");
        CreateBuffer = (delegate* unmanaged<Device, BufferCreateInfo*, AllocationCallbacks*, VkBuffer*, Result>)DeviceAddress.Of(api, device, "vkCreateBuffer");
        DestroyBuffer = (delegate* unmanaged<Device, VkBuffer, AllocationCallbacks*, void>)DeviceAddress.Of(api, device, "vkDestroyBuffer");
        GetBufferMemoryRequirements = (delegate* unmanaged<Device, VkBuffer, MemoryRequirements*, void>)DeviceAddress.Of(api, device, "vkGetBufferMemoryRequirements");
        BindBufferMemory = (delegate* unmanaged<Device, VkBuffer, DeviceMemory, ulong, Result>)DeviceAddress.Of(api, device, "vkBindBufferMemory");
        CreateImage = (delegate* unmanaged<Device, ImageCreateInfo*, AllocationCallbacks*, Image*, Result>)DeviceAddress.Of(api, device, "vkCreateImage");
        DestroyImage = (delegate* unmanaged<Device, Image, AllocationCallbacks*, void>)DeviceAddress.Of(api, device, "vkDestroyImage");
        GetImageMemoryRequirements = (delegate* unmanaged<Device, Image, MemoryRequirements*, void>)DeviceAddress.Of(api, device, "vkGetImageMemoryRequirements");
        BindImageMemory = (delegate* unmanaged<Device, Image, DeviceMemory, ulong, Result>)DeviceAddress.Of(api, device, "vkBindImageMemory");
        CreateImageView = (delegate* unmanaged<Device, ImageViewCreateInfo*, AllocationCallbacks*, ImageView*, Result>)DeviceAddress.Of(api, device, "vkCreateImageView");
        DestroyImageView = (delegate* unmanaged<Device, ImageView, AllocationCallbacks*, void>)DeviceAddress.Of(api, device, "vkDestroyImageView");
        CreateCommandPool = (delegate* unmanaged<Device, CommandPoolCreateInfo*, AllocationCallbacks*, CommandPool*, Result>)DeviceAddress.Of(api, device, "vkCreateCommandPool");
        DestroyCommandPool = (delegate* unmanaged<Device, CommandPool, AllocationCallbacks*, void>)DeviceAddress.Of(api, device, "vkDestroyCommandPool");
        AllocateCommandBuffers = (delegate* unmanaged<Device, CommandBufferAllocateInfo*, CommandBuffer*, Result>)DeviceAddress.Of(api, device, "vkAllocateCommandBuffers");
        BeginCommandBuffer = (delegate* unmanaged<CommandBuffer, CommandBufferBeginInfo*, Result>)DeviceAddress.Of(api, device, "vkBeginCommandBuffer");
        EndCommandBuffer = (delegate* unmanaged<CommandBuffer, Result>)DeviceAddress.Of(api, device, "vkEndCommandBuffer");
        CmdCopyBuffer = (delegate* unmanaged<CommandBuffer, VkBuffer, VkBuffer, uint, BufferCopy*, void>)DeviceAddress.Of(api, device, "vkCmdCopyBuffer");
        CmdCopyBufferToImage = (delegate* unmanaged<CommandBuffer, VkBuffer, Image, ImageLayout, uint, BufferImageCopy*, void>)DeviceAddress.Of(api, device, "vkCmdCopyBufferToImage");
        CmdCopyImageToBuffer = (delegate* unmanaged<CommandBuffer, Image, ImageLayout, VkBuffer, uint, BufferImageCopy*, void>)DeviceAddress.Of(api, device, "vkCmdCopyImageToBuffer");
        CmdCopyImage = (delegate* unmanaged<CommandBuffer, Image, ImageLayout, Image, ImageLayout, uint, ImageCopy*, void>)DeviceAddress.Of(api, device, "vkCmdCopyImage");
        CmdFillBuffer = (delegate* unmanaged<CommandBuffer, VkBuffer, ulong, ulong, uint, void>)DeviceAddress.Of(api, device, "vkCmdFillBuffer");
        CmdClearColorImage = (delegate* unmanaged<CommandBuffer, Image, ImageLayout, ClearColorValue*, uint, ImageSubresourceRange*, void>)DeviceAddress.Of(api, device, "vkCmdClearColorImage");
        CmdPipelineBarrier = (delegate* unmanaged<CommandBuffer, PipelineStageFlags, PipelineStageFlags, DependencyFlags, uint, MemoryBarrier*, uint, BufferMemoryBarrier*, uint, ImageMemoryBarrier*, void>)DeviceAddress.Of(api, device, "vkCmdPipelineBarrier");
        CreateQueryPool = (delegate* unmanaged<Device, QueryPoolCreateInfo*, AllocationCallbacks*, QueryPool*, Result>)DeviceAddress.Of(api, device, "vkCreateQueryPool");
        DestroyQueryPool = (delegate* unmanaged<Device, QueryPool, AllocationCallbacks*, void>)DeviceAddress.Of(api, device, "vkDestroyQueryPool");
        ResetQueryPool = (delegate* unmanaged<Device, QueryPool, uint, uint, void>)DeviceAddress.Of(api, device, "vkResetQueryPool");
        CmdResetQueryPool = (delegate* unmanaged<CommandBuffer, QueryPool, uint, uint, void>)DeviceAddress.Of(api, device, "vkCmdResetQueryPool");
        CmdWriteTimestamp = (delegate* unmanaged<CommandBuffer, PipelineStageFlags, QueryPool, uint, void>)DeviceAddress.Of(api, device, "vkCmdWriteTimestamp");
        GetQueryPoolResults = (delegate* unmanaged<Device, QueryPool, uint, uint, nuint, void*, ulong, QueryResultFlags, Result>)DeviceAddress.Of(api, device, "vkGetQueryPoolResults");
        CreateSemaphore = (delegate* unmanaged<Device, SemaphoreCreateInfo*, AllocationCallbacks*, VkSemaphore*, Result>)DeviceAddress.Of(api, device, "vkCreateSemaphore");
        DestroySemaphore = (delegate* unmanaged<Device, VkSemaphore, AllocationCallbacks*, void>)DeviceAddress.Of(api, device, "vkDestroySemaphore");
        WaitSemaphores = (delegate* unmanaged<Device, SemaphoreWaitInfo*, ulong, Result>)DeviceAddress.Of(api, device, "vkWaitSemaphores");
        GetSemaphoreCounterValue = (delegate* unmanaged<Device, VkSemaphore, ulong*, Result>)DeviceAddress.Of(api, device, "vkGetSemaphoreCounterValue");
    }
}
