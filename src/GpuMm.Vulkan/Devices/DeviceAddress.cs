using Silk.NET.Core;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Devices;

/// <summary>Finds functions of a device by name.</summary>
internal static unsafe class DeviceAddress
{
    /// <summary>The address of a function.</summary>
    /// <exception cref="VulkanException">The device has no such function.</exception>
    public static void* Of(Vk api, Device device, string name)
    {
        void* address = Find(api, device, name);
        return address is not null ? address : throw new VulkanException($"the device has no function {name}");
    }

    /// <summary>The address of a function, or null: an extension's may be missing.</summary>
    public static void* Find(Vk api, Device device, string name)
    {
        fixed (byte* text = VulkanInstance.Text(name))
        {
            PfnVoidFunction function = api.GetDeviceProcAddr(device, text);
            return (void*)function.Handle;
        }
    }
}
