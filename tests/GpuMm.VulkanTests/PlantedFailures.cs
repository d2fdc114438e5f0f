using System.Runtime.InteropServices;
using GpuMm.Vulkan.Devices;
using Silk.NET.Vulkan;
using VkFence = Silk.NET.Vulkan.Fence;

namespace GpuMm.VulkanTests;

/// <summary>Functions that fail, to be put into a device's table in the place of those that do not.</summary>
internal static unsafe class PlantedFailures
{
    private static int s_left;
    private static delegate* unmanaged<Device, MemoryAllocateInfo*, AllocationCallbacks*, DeviceMemory*, Result> s_allocate;
    private static delegate* unmanaged<Queue, uint, SubmitInfo*, VkFence, Result> s_submit;
    private static delegate* unmanaged<Device, SemaphoreWaitInfo*, ulong, Result> s_wait;

    /// <summary>Allocations work so often, then the device is out of memory.</summary>
    public static void OutOfMemoryAfter(VulkanDevice device, int count)
    {
        s_left = count;
        s_allocate = device.Functions.AllocateMemory;
        device.Functions.AllocateMemory = &Allocate;
    }

    /// <summary>Submissions work so often, then the device is lost.</summary>
    public static void LostAtSubmit(VulkanDevice device, int count)
    {
        s_left = count;
        s_submit = device.Functions.QueueSubmit;
        device.Functions.QueueSubmit = &Submit;
    }

    /// <summary>Waits work so often, then the device is lost while a copy is under way.</summary>
    public static void LostWhileWaiting(VulkanDevice device, int count)
    {
        s_left = count;
        s_wait = device.Functions.WaitSemaphores;
        device.Functions.WaitSemaphores = &Wait;
    }

    [UnmanagedCallersOnly]
    private static Result Allocate(Device device, MemoryAllocateInfo* info, AllocationCallbacks* callbacks, DeviceMemory* memory) =>
        s_left-- > 0 ? s_allocate(device, info, callbacks, memory) : Result.ErrorOutOfDeviceMemory;

    [UnmanagedCallersOnly]
    private static Result Submit(Queue queue, uint count, SubmitInfo* infos, VkFence fence) =>
        s_left-- > 0 ? s_submit(queue, count, infos, fence) : Result.ErrorDeviceLost;

    [UnmanagedCallersOnly]
    private static Result Wait(Device device, SemaphoreWaitInfo* info, ulong limitNs)
    {
        if (s_left-- > 0)
        {
            return s_wait(device, info, limitNs);
        }

        // The copy ends all the same, or the layer would see memory freed under it: a device that is lost has stopped.
        s_wait(device, info, limitNs);
        return Result.ErrorDeviceLost;
    }
}
