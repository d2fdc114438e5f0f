using GpuMm.Vulkan.Devices;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Passes;

/// <summary>Makes the pipelines that draw quads: strips of four corners, no depth, no blending.</summary>
internal static unsafe class QuadPipeline
{
    public static Pipeline Create(VulkanDevice device, PipelineLayout layout, RenderPass pass, string fragment, uint width, uint height)
    {
        ShaderModule vertexModule = ShaderCode.Load(device, "scene/quad.vert");
        ShaderModule fragmentModule = ShaderCode.Load(device, fragment);
        try
        {
            fixed (byte* main = VulkanInstance.Text("main"))
            {
                PipelineShaderStageCreateInfo* stages = stackalloc PipelineShaderStageCreateInfo[2];
                stages[0] = Stage(ShaderStageFlags.VertexBit, vertexModule, main);
                stages[1] = Stage(ShaderStageFlags.FragmentBit, fragmentModule, main);
                return Create(device, layout, pass, stages, new Extent2D(width, height));
            }
        }
        finally
        {
            ShaderCode.Destroy(device, vertexModule);
            ShaderCode.Destroy(device, fragmentModule);
        }
    }

    private static PipelineShaderStageCreateInfo Stage(ShaderStageFlags stage, ShaderModule module, byte* main) => new()
    {
        SType = StructureType.PipelineShaderStageCreateInfo,
        Stage = stage,
        Module = module,
        PName = main,
    };

    private static Pipeline Create(
        VulkanDevice device, PipelineLayout layout, RenderPass pass, PipelineShaderStageCreateInfo* stages, Extent2D extent)
    {
        PipelineVertexInputStateCreateInfo vertices = new() { SType = StructureType.PipelineVertexInputStateCreateInfo };
        PipelineInputAssemblyStateCreateInfo assembly = new()
        {
            SType = StructureType.PipelineInputAssemblyStateCreateInfo,
            Topology = PrimitiveTopology.TriangleStrip,
        };
        Viewport viewport = new(0, 0, extent.Width, extent.Height, 0, 1);
        Rect2D scissor = new(default, extent);
        PipelineViewportStateCreateInfo viewports = new()
        {
            SType = StructureType.PipelineViewportStateCreateInfo,
            ViewportCount = 1,
            PViewports = &viewport,
            ScissorCount = 1,
            PScissors = &scissor,
        };
        PipelineRasterizationStateCreateInfo raster = new()
        {
            SType = StructureType.PipelineRasterizationStateCreateInfo,
            PolygonMode = PolygonMode.Fill,
            CullMode = CullModeFlags.None,
            LineWidth = 1,
        };
        PipelineMultisampleStateCreateInfo samples = new()
        {
            SType = StructureType.PipelineMultisampleStateCreateInfo,
            RasterizationSamples = SampleCountFlags.Count1Bit,
        };
        PipelineColorBlendAttachmentState channel = new()
        {
            ColorWriteMask = ColorComponentFlags.RBit | ColorComponentFlags.GBit | ColorComponentFlags.BBit | ColorComponentFlags.ABit,
        };
        PipelineColorBlendStateCreateInfo blend = new()
        {
            SType = StructureType.PipelineColorBlendStateCreateInfo,
            AttachmentCount = 1,
            PAttachments = &channel,
        };
        GraphicsPipelineCreateInfo info = new()
        {
            SType = StructureType.GraphicsPipelineCreateInfo,
            StageCount = 2,
            PStages = stages,
            PVertexInputState = &vertices,
            PInputAssemblyState = &assembly,
            PViewportState = &viewports,
            PRasterizationState = &raster,
            PMultisampleState = &samples,
            PColorBlendState = &blend,
            Layout = layout,
            RenderPass = pass,
        };
        Pipeline pipeline;
        device.Check(device.Passes.CreateGraphicsPipelines(device.Handle, default, 1, &info, null, &pipeline), "vkCreateGraphicsPipelines");
        device.Counts.Others++;
        return pipeline;
    }
}
