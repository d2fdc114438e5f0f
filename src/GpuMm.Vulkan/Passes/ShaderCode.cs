using System;
using System.IO;
using GpuMm.Vulkan.Devices;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Passes;

/// <summary>The SPIR-V that is built in: what lies beside its GLSL in <c>shaders/</c>.</summary>
internal static unsafe class ShaderCode
{
    /// <summary>Makes a module. The caller destroys it.</summary>
    /// <param name="device">The device.</param>
    /// <param name="name">Pass and file, such as <c>checksum/image.comp</c>.</param>
    public static ShaderModule Load(VulkanDevice device, string name)
    {
        using Stream stream = typeof(ShaderCode).Assembly.GetManifestResourceStream(name + ".spv")
            ?? throw new InvalidOperationException($"The shader {name} is not built in.");
        byte[] code = new byte[stream.Length];
        stream.ReadExactly(code);
        fixed (byte* first = code)
        {
            // Invariant: arrays start on 8 bytes, and SPIR-V is whole words.
            ShaderModuleCreateInfo info = new()
            {
                SType = StructureType.ShaderModuleCreateInfo,
                CodeSize = (nuint)code.Length,
                PCode = (uint*)first,
            };
            ShaderModule module;
            device.Check(device.Passes.CreateShaderModule(device.Handle, &info, null, &module), "vkCreateShaderModule");
            device.Counts.Others++;
            return module;
        }
    }

    public static void Destroy(VulkanDevice device, ShaderModule module)
    {
        device.Passes.DestroyShaderModule(device.Handle, module, null);
        device.Counts.Others--;
    }
}
