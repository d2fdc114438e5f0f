using System;
using GpuMm.Vulkan.Devices;
using Silk.NET.Vulkan;
using VkBuffer = Silk.NET.Vulkan.Buffer;

namespace GpuMm.Vulkan.Passes;

/// <summary>A descriptor set for each quad of a picture: one texture each, all images or all buffers.</summary>
internal sealed unsafe class QuadSets : IDisposable
{
    private readonly VulkanDevice _device;
    private readonly DescriptorType _type;
    private readonly DescriptorSetLayout _setLayout;
    private readonly DescriptorPool _pool;

    public QuadSets(VulkanDevice device, DescriptorType type, uint capacity)
    {
        _device = device;
        _type = type;
        DescriptorSetLayoutBinding binding = new(0, type, 1, ShaderStageFlags.FragmentBit);
        DescriptorSetLayoutCreateInfo setInfo = new()
        {
            SType = StructureType.DescriptorSetLayoutCreateInfo,
            BindingCount = 1,
            PBindings = &binding,
        };
        DescriptorSetLayout setLayout;
        device.Check(device.Passes.CreateDescriptorSetLayout(device.Handle, &setInfo, null, &setLayout), "vkCreateDescriptorSetLayout");
        _setLayout = setLayout;
        PushConstantRange range = new(ShaderStageFlags.VertexBit | ShaderStageFlags.FragmentBit, 0, (uint)sizeof(QuadConstants));
        PipelineLayoutCreateInfo layoutInfo = new()
        {
            SType = StructureType.PipelineLayoutCreateInfo,
            SetLayoutCount = 1,
            PSetLayouts = &setLayout,
            PushConstantRangeCount = 1,
            PPushConstantRanges = &range,
        };
        PipelineLayout layout;
        device.Check(device.Passes.CreatePipelineLayout(device.Handle, &layoutInfo, null, &layout), "vkCreatePipelineLayout");
        Layout = layout;
        DescriptorPoolSize size = new(type, capacity);
        DescriptorPoolCreateInfo poolInfo = new()
        {
            SType = StructureType.DescriptorPoolCreateInfo,
            MaxSets = capacity,
            PoolSizeCount = 1,
            PPoolSizes = &size,
        };
        DescriptorPool pool;
        device.Check(device.Passes.CreateDescriptorPool(device.Handle, &poolInfo, null, &pool), "vkCreateDescriptorPool");
        _pool = pool;
        device.Counts.Others += 3;
    }

    public PipelineLayout Layout { get; }

    /// <summary>Takes all sets back. The device must not be using them.</summary>
    public void Reset() => _device.Check(_device.Passes.ResetDescriptorPool(_device.Handle, _pool, 0), "vkResetDescriptorPool");

    /// <summary>Records an image, at rest, for the next draw.</summary>
    public void Bind(CommandBuffer commands, ImageView view)
    {
        DescriptorImageInfo info = new(default, view, ImageLayout.ShaderReadOnlyOptimal);
        Bind(commands, &info, null);
    }

    /// <summary>Records a buffer for the next draw.</summary>
    public void Bind(CommandBuffer commands, VkBuffer buffer)
    {
        DescriptorBufferInfo info = new(buffer, 0, Vk.WholeSize);
        Bind(commands, null, &info);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.Passes.DestroyDescriptorPool(_device.Handle, _pool, null);
        _device.Passes.DestroyPipelineLayout(_device.Handle, Layout, null);
        _device.Passes.DestroyDescriptorSetLayout(_device.Handle, _setLayout, null);
        _device.Counts.Others -= 3;
    }

    private void Bind(CommandBuffer commands, DescriptorImageInfo* image, DescriptorBufferInfo* buffer)
    {
        DescriptorSetLayout layout = _setLayout;
        DescriptorSetAllocateInfo info = new()
        {
            SType = StructureType.DescriptorSetAllocateInfo,
            DescriptorPool = _pool,
            DescriptorSetCount = 1,
            PSetLayouts = &layout,
        };
        DescriptorSet set;
        _device.Check(_device.Passes.AllocateDescriptorSets(_device.Handle, &info, &set), "vkAllocateDescriptorSets");
        WriteDescriptorSet write = new()
        {
            SType = StructureType.WriteDescriptorSet,
            DstSet = set,
            DescriptorCount = 1,
            DescriptorType = _type,
            PImageInfo = image,
            PBufferInfo = buffer,
        };
        _device.Passes.UpdateDescriptorSets(_device.Handle, 1, &write, 0, null);
        _device.Passes.CmdBindDescriptorSets(commands, PipelineBindPoint.Graphics, Layout, 0, 1, &set, 0, null);
    }
}
