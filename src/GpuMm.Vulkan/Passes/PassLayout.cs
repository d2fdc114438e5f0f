using System;
using GpuMm.Vulkan.Devices;
using Silk.NET.Vulkan;
using VkBuffer = Silk.NET.Vulkan.Buffer;

namespace GpuMm.Vulkan.Passes;

/// <summary>What a pass reads and writes: one set of descriptors and a few bytes of constants, with the layouts for both.</summary>
internal sealed unsafe class PassLayout : IDisposable
{
    private readonly VulkanDevice _device;
    private readonly DescriptorSetLayout _setLayout;
    private readonly DescriptorPool _pool;
    private readonly ShaderStageFlags _stages;

    /// <summary>A layout.</summary>
    /// <param name="device">The device.</param>
    /// <param name="stages">The stages that see it.</param>
    /// <param name="pushBytes">Bytes of constants.</param>
    /// <param name="kinds">The kind of each binding: a sampled image or a storage buffer.</param>
    public PassLayout(VulkanDevice device, ShaderStageFlags stages, uint pushBytes, params ReadOnlySpan<DescriptorType> kinds)
    {
        _device = device;
        _stages = stages;
        DescriptorSetLayoutBinding* bindings = stackalloc DescriptorSetLayoutBinding[kinds.Length];
        DescriptorPoolSize* sizes = stackalloc DescriptorPoolSize[kinds.Length];
        for (int i = 0; i < kinds.Length; i++)
        {
            bindings[i] = new DescriptorSetLayoutBinding((uint)i, kinds[i], 1, stages);
            sizes[i] = new DescriptorPoolSize(kinds[i], 1);
        }

        DescriptorSetLayoutCreateInfo setInfo = new()
        {
            SType = StructureType.DescriptorSetLayoutCreateInfo,
            BindingCount = (uint)kinds.Length,
            PBindings = bindings,
        };
        DescriptorSetLayout setLayout;
        device.Check(device.Passes.CreateDescriptorSetLayout(device.Handle, &setInfo, null, &setLayout), "vkCreateDescriptorSetLayout");
        _setLayout = setLayout;
        PushConstantRange range = new(stages, 0, pushBytes);
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
        Handle = layout;
        DescriptorPoolCreateInfo poolInfo = new()
        {
            SType = StructureType.DescriptorPoolCreateInfo,
            MaxSets = 1,
            PoolSizeCount = (uint)kinds.Length,
            PPoolSizes = sizes,
        };
        DescriptorPool pool;
        device.Check(device.Passes.CreateDescriptorPool(device.Handle, &poolInfo, null, &pool), "vkCreateDescriptorPool");
        _pool = pool;
        DescriptorSetAllocateInfo setsInfo = new()
        {
            SType = StructureType.DescriptorSetAllocateInfo,
            DescriptorPool = pool,
            DescriptorSetCount = 1,
            PSetLayouts = &setLayout,
        };
        DescriptorSet set;
        device.Check(device.Passes.AllocateDescriptorSets(device.Handle, &setsInfo, &set), "vkAllocateDescriptorSets");
        Set = set;
        device.Counts.Others += 3;
    }

    public PipelineLayout Handle { get; }

    public DescriptorSet Set { get; }

    /// <summary>Points a binding at a buffer. The device must not be using the set.</summary>
    public void Bind(uint binding, VkBuffer buffer)
    {
        DescriptorBufferInfo info = new(buffer, 0, Vk.WholeSize);
        WriteDescriptorSet write = new()
        {
            SType = StructureType.WriteDescriptorSet,
            DstSet = Set,
            DstBinding = binding,
            DescriptorCount = 1,
            DescriptorType = DescriptorType.StorageBuffer,
            PBufferInfo = &info,
        };
        _device.Passes.UpdateDescriptorSets(_device.Handle, 1, &write, 0, null);
    }

    /// <summary>Points a binding at an image at rest. The device must not be using the set.</summary>
    public void Bind(uint binding, ImageView view)
    {
        DescriptorImageInfo info = new(default, view, ImageLayout.ShaderReadOnlyOptimal);
        WriteDescriptorSet write = new()
        {
            SType = StructureType.WriteDescriptorSet,
            DstSet = Set,
            DstBinding = binding,
            DescriptorCount = 1,
            DescriptorType = DescriptorType.SampledImage,
            PImageInfo = &info,
        };
        _device.Passes.UpdateDescriptorSets(_device.Handle, 1, &write, 0, null);
    }

    /// <summary>Records the set and the constants for what follows.</summary>
    public void Use<T>(CommandBuffer commands, PipelineBindPoint point, in T constants)
        where T : unmanaged
    {
        DescriptorSet set = Set;
        T copy = constants;
        _device.Passes.CmdBindDescriptorSets(commands, point, Handle, 0, 1, &set, 0, null);
        _device.Passes.CmdPushConstants(commands, Handle, _stages, 0, (uint)sizeof(T), &copy);
    }

    /// <summary>A compute pipeline with this layout.</summary>
    public Pipeline Compute(string shader)
    {
        ShaderModule module = ShaderCode.Load(_device, shader);
        try
        {
            fixed (byte* main = VulkanInstance.Text("main"))
            {
                ComputePipelineCreateInfo info = new()
                {
                    SType = StructureType.ComputePipelineCreateInfo,
                    Stage = new PipelineShaderStageCreateInfo
                    {
                        SType = StructureType.PipelineShaderStageCreateInfo,
                        Stage = ShaderStageFlags.ComputeBit,
                        Module = module,
                        PName = main,
                    },
                    Layout = Handle,
                };
                Pipeline pipeline;
                _device.Check(_device.Passes.CreateComputePipelines(_device.Handle, default, 1, &info, null, &pipeline), "vkCreateComputePipelines");
                _device.Counts.Others++;
                return pipeline;
            }
        }
        finally
        {
            ShaderCode.Destroy(_device, module);
        }
    }

    /// <summary>Gives a pipeline back.</summary>
    public void Destroy(Pipeline pipeline)
    {
        _device.Passes.DestroyPipeline(_device.Handle, pipeline, null);
        _device.Counts.Others--;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.Passes.DestroyDescriptorPool(_device.Handle, _pool, null);
        _device.Passes.DestroyPipelineLayout(_device.Handle, Handle, null);
        _device.Passes.DestroyDescriptorSetLayout(_device.Handle, _setLayout, null);
        _device.Counts.Others -= 3;
    }
}
