using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Devices;

/// <summary>The functions of one device that shader passes need.</summary>
/// <remarks>A table like <see cref="DeviceFunctions"/>.</remarks>
internal sealed unsafe class PassFunctions
{
    public delegate* unmanaged<Device, ShaderModuleCreateInfo*, AllocationCallbacks*, ShaderModule*, Result> CreateShaderModule;
    public delegate* unmanaged<Device, ShaderModule, AllocationCallbacks*, void> DestroyShaderModule;
    public delegate* unmanaged<Device, DescriptorSetLayoutCreateInfo*, AllocationCallbacks*, DescriptorSetLayout*, Result> CreateDescriptorSetLayout;
    public delegate* unmanaged<Device, DescriptorSetLayout, AllocationCallbacks*, void> DestroyDescriptorSetLayout;
    public delegate* unmanaged<Device, PipelineLayoutCreateInfo*, AllocationCallbacks*, PipelineLayout*, Result> CreatePipelineLayout;
    public delegate* unmanaged<Device, PipelineLayout, AllocationCallbacks*, void> DestroyPipelineLayout;
    public delegate* unmanaged<Device, PipelineCache, uint, ComputePipelineCreateInfo*, AllocationCallbacks*, Pipeline*, Result> CreateComputePipelines;
    public delegate* unmanaged<Device, PipelineCache, uint, GraphicsPipelineCreateInfo*, AllocationCallbacks*, Pipeline*, Result> CreateGraphicsPipelines;
    public delegate* unmanaged<Device, Pipeline, AllocationCallbacks*, void> DestroyPipeline;
    public delegate* unmanaged<Device, DescriptorPoolCreateInfo*, AllocationCallbacks*, DescriptorPool*, Result> CreateDescriptorPool;
    public delegate* unmanaged<Device, DescriptorPool, AllocationCallbacks*, void> DestroyDescriptorPool;
    public delegate* unmanaged<Device, DescriptorPool, uint, Result> ResetDescriptorPool;
    public delegate* unmanaged<Device, DescriptorSetAllocateInfo*, DescriptorSet*, Result> AllocateDescriptorSets;
    public delegate* unmanaged<Device, uint, WriteDescriptorSet*, uint, CopyDescriptorSet*, void> UpdateDescriptorSets;
    public delegate* unmanaged<Device, RenderPassCreateInfo*, AllocationCallbacks*, RenderPass*, Result> CreateRenderPass;
    public delegate* unmanaged<Device, RenderPass, AllocationCallbacks*, void> DestroyRenderPass;
    public delegate* unmanaged<Device, FramebufferCreateInfo*, AllocationCallbacks*, Framebuffer*, Result> CreateFramebuffer;
    public delegate* unmanaged<Device, Framebuffer, AllocationCallbacks*, void> DestroyFramebuffer;
    public delegate* unmanaged<CommandBuffer, RenderPassBeginInfo*, SubpassContents, void> CmdBeginRenderPass;
    public delegate* unmanaged<CommandBuffer, void> CmdEndRenderPass;
    public delegate* unmanaged<CommandBuffer, PipelineBindPoint, Pipeline, void> CmdBindPipeline;
    public delegate* unmanaged<CommandBuffer, PipelineBindPoint, PipelineLayout, uint, uint, DescriptorSet*, uint, uint*, void> CmdBindDescriptorSets;
    public delegate* unmanaged<CommandBuffer, PipelineLayout, ShaderStageFlags, uint, uint, void*, void> CmdPushConstants;
    public delegate* unmanaged<CommandBuffer, uint, uint, uint, void> CmdDispatch;
    public delegate* unmanaged<CommandBuffer, uint, uint, uint, uint, void> CmdDraw;

    public PassFunctions(Vk api, Device device)
    {
        CreateShaderModule = (delegate* unmanaged<Device, ShaderModuleCreateInfo*, AllocationCallbacks*, ShaderModule*, Result>)DeviceAddress.Of(api, device, "vkCreateShaderModule");
        DestroyShaderModule = (delegate* unmanaged<Device, ShaderModule, AllocationCallbacks*, void>)DeviceAddress.Of(api, device, "vkDestroyShaderModule");
        CreateDescriptorSetLayout = (delegate* unmanaged<Device, DescriptorSetLayoutCreateInfo*, AllocationCallbacks*, DescriptorSetLayout*, Result>)DeviceAddress.Of(api, device, "vkCreateDescriptorSetLayout");
        DestroyDescriptorSetLayout = (delegate* unmanaged<Device, DescriptorSetLayout, AllocationCallbacks*, void>)DeviceAddress.Of(api, device, "vkDestroyDescriptorSetLayout");
        CreatePipelineLayout = (delegate* unmanaged<Device, PipelineLayoutCreateInfo*, AllocationCallbacks*, PipelineLayout*, Result>)DeviceAddress.Of(api, device, "vkCreatePipelineLayout");
        DestroyPipelineLayout = (delegate* unmanaged<Device, PipelineLayout, AllocationCallbacks*, void>)DeviceAddress.Of(api, device, "vkDestroyPipelineLayout");
        CreateComputePipelines = (delegate* unmanaged<Device, PipelineCache, uint, ComputePipelineCreateInfo*, AllocationCallbacks*, Pipeline*, Result>)DeviceAddress.Of(api, device, "vkCreateComputePipelines");
        CreateGraphicsPipelines = (delegate* unmanaged<Device, PipelineCache, uint, GraphicsPipelineCreateInfo*, AllocationCallbacks*, Pipeline*, Result>)DeviceAddress.Of(api, device, "vkCreateGraphicsPipelines");
        DestroyPipeline = (delegate* unmanaged<Device, Pipeline, AllocationCallbacks*, void>)DeviceAddress.Of(api, device, "vkDestroyPipeline");
        CreateDescriptorPool = (delegate* unmanaged<Device, DescriptorPoolCreateInfo*, AllocationCallbacks*, DescriptorPool*, Result>)DeviceAddress.Of(api, device, "vkCreateDescriptorPool");
        DestroyDescriptorPool = (delegate* unmanaged<Device, DescriptorPool, AllocationCallbacks*, void>)DeviceAddress.Of(api, device, "vkDestroyDescriptorPool");
        ResetDescriptorPool = (delegate* unmanaged<Device, DescriptorPool, uint, Result>)DeviceAddress.Of(api, device, "vkResetDescriptorPool");
        AllocateDescriptorSets = (delegate* unmanaged<Device, DescriptorSetAllocateInfo*, DescriptorSet*, Result>)DeviceAddress.Of(api, device, "vkAllocateDescriptorSets");
        UpdateDescriptorSets = (delegate* unmanaged<Device, uint, WriteDescriptorSet*, uint, CopyDescriptorSet*, void>)DeviceAddress.Of(api, device, "vkUpdateDescriptorSets");
        CreateRenderPass = (delegate* unmanaged<Device, RenderPassCreateInfo*, AllocationCallbacks*, RenderPass*, Result>)DeviceAddress.Of(api, device, "vkCreateRenderPass");
        DestroyRenderPass = (delegate* unmanaged<Device, RenderPass, AllocationCallbacks*, void>)DeviceAddress.Of(api, device, "vkDestroyRenderPass");
        CreateFramebuffer = (delegate* unmanaged<Device, FramebufferCreateInfo*, AllocationCallbacks*, Framebuffer*, Result>)DeviceAddress.Of(api, device, "vkCreateFramebuffer");
        DestroyFramebuffer = (delegate* unmanaged<Device, Framebuffer, AllocationCallbacks*, void>)DeviceAddress.Of(api, device, "vkDestroyFramebuffer");
        CmdBeginRenderPass = (delegate* unmanaged<CommandBuffer, RenderPassBeginInfo*, SubpassContents, void>)DeviceAddress.Of(api, device, "vkCmdBeginRenderPass");
        CmdEndRenderPass = (delegate* unmanaged<CommandBuffer, void>)DeviceAddress.Of(api, device, "vkCmdEndRenderPass");
        CmdBindPipeline = (delegate* unmanaged<CommandBuffer, PipelineBindPoint, Pipeline, void>)DeviceAddress.Of(api, device, "vkCmdBindPipeline");
        CmdBindDescriptorSets = (delegate* unmanaged<CommandBuffer, PipelineBindPoint, PipelineLayout, uint, uint, DescriptorSet*, uint, uint*, void>)DeviceAddress.Of(api, device, "vkCmdBindDescriptorSets");
        CmdPushConstants = (delegate* unmanaged<CommandBuffer, PipelineLayout, ShaderStageFlags, uint, uint, void*, void>)DeviceAddress.Of(api, device, "vkCmdPushConstants");
        CmdDispatch = (delegate* unmanaged<CommandBuffer, uint, uint, uint, void>)DeviceAddress.Of(api, device, "vkCmdDispatch");
        CmdDraw = (delegate* unmanaged<CommandBuffer, uint, uint, uint, uint, void>)DeviceAddress.Of(api, device, "vkCmdDraw");
    }
}
