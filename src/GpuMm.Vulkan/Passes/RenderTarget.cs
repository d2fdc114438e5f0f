using System;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Memory;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Passes;

/// <summary>A picture on the device, and the memory through which the CPU gets it.</summary>
internal sealed unsafe class RenderTarget
{
    private readonly VulkanDevice _device;
    private readonly Image _image;
    private readonly ImageView _view;
    private readonly Framebuffer _framebuffer;
    private readonly MemoryPiece _piece;
    private readonly Store _readBack;

    public RenderTarget(VulkanDevice device, StoreRoom room, uint width, uint height)
    {
        _device = device;
        Width = width;
        Height = height;
        _image = CreateImage();
        _piece = room.Pool(MemoryDomain.Vram).Take(device.Requirements(_image));
        device.Check(device.Functions.BindImageMemory(device.Handle, _image, _piece.Block!.Memory, _piece.Range.StartBytes), "vkBindImageMemory");
        _view = device.CreateView(_image, Format.R8G8B8A8Unorm);
        Pass = CreatePass();
        _framebuffer = CreateFramebuffer();
        _readBack = room.Make(MemoryDomain.System, ((width * height * 4) + 4095) / 4096, asImage: false);
    }

    public uint Width { get; }

    public uint Height { get; }

    public RenderPass Pass { get; }

    /// <summary>System memory held, bytes.</summary>
    public ulong HeldBytes => _readBack.Piece.Range.SizeBytes;

    /// <summary>Video memory held, bytes.</summary>
    public ulong HeldVramBytes => _piece.Range.SizeBytes;

    public void Begin(CommandBuffer commands)
    {
        ClearValue sky = new(new ClearColorValue(0.6f, 0.8f, 1, 1));
        RenderPassBeginInfo info = new()
        {
            SType = StructureType.RenderPassBeginInfo,
            RenderPass = Pass,
            Framebuffer = _framebuffer,
            RenderArea = new Rect2D(default, new Extent2D(Width, Height)),
            ClearValueCount = 1,
            PClearValues = &sky,
        };
        _device.Passes.CmdBeginRenderPass(commands, &info, SubpassContents.Inline);
    }

    public void End(CommandBuffer commands)
    {
        _device.Passes.CmdEndRenderPass(commands);
        CopyStream.Barrier(_device, commands);
        BufferImageCopy region = new(
            0, 0, 0, new ImageSubresourceLayers(ImageAspectFlags.ColorBit, 0, 0, 1), default, new Extent3D(Width, Height, 1));
        _device.Functions.CmdCopyImageToBuffer(commands, _image, ImageLayout.TransferSrcOptimal, _readBack.Buffer, 1, &region);
    }

    public void Read(Span<byte> rgba) =>
        new ReadOnlySpan<byte>(_readBack.Address, (int)(Width * Height * 4)).CopyTo(rgba); // Invariant: the store holds the picture and is mapped.

    public void Dispose(StoreRoom room)
    {
        _device.Passes.DestroyFramebuffer(_device.Handle, _framebuffer, null);
        _device.Passes.DestroyRenderPass(_device.Handle, Pass, null);
        _device.Counts.Others -= 2;
        _device.DestroyView(_view);
        _device.DestroyImage(_image);
        room.Pool(MemoryDomain.Vram).Release(_piece);
        room.Destroy(_readBack);
    }

    private Image CreateImage()
    {
        ImageCreateInfo info = new()
        {
            SType = StructureType.ImageCreateInfo,
            ImageType = ImageType.Type2D,
            Format = Format.R8G8B8A8Unorm,
            Extent = new Extent3D(Width, Height, 1),
            MipLevels = 1,
            ArrayLayers = 1,
            Samples = SampleCountFlags.Count1Bit,
            Tiling = ImageTiling.Optimal,
            Usage = ImageUsageFlags.ColorAttachmentBit | ImageUsageFlags.TransferSrcBit,
            SharingMode = SharingMode.Exclusive,
            InitialLayout = ImageLayout.Undefined,
        };
        Image image;
        _device.Check(_device.Functions.CreateImage(_device.Handle, &info, null, &image), "vkCreateImage");
        _device.Counts.Images++;
        return image;
    }

    private RenderPass CreatePass()
    {
        AttachmentDescription color = new(
            null,
            Format.R8G8B8A8Unorm,
            SampleCountFlags.Count1Bit,
            AttachmentLoadOp.Clear,
            AttachmentStoreOp.Store,
            AttachmentLoadOp.DontCare,
            AttachmentStoreOp.DontCare,
            ImageLayout.Undefined,
            ImageLayout.TransferSrcOptimal);
        AttachmentReference reference = new(0, ImageLayout.ColorAttachmentOptimal);
        SubpassDescription subpass = new()
        {
            PipelineBindPoint = PipelineBindPoint.Graphics,
            ColorAttachmentCount = 1,
            PColorAttachments = &reference,
        };

        // The transition at the end happens before the copy, and the one at the start after the last copy.
        SubpassDependency* dependencies = stackalloc SubpassDependency[2];
        dependencies[0] = new SubpassDependency(
            Vk.SubpassExternal,
            0,
            PipelineStageFlags.AllCommandsBit,
            PipelineStageFlags.ColorAttachmentOutputBit,
            AccessFlags.MemoryReadBit,
            AccessFlags.ColorAttachmentWriteBit);
        dependencies[1] = new SubpassDependency(
            0,
            Vk.SubpassExternal,
            PipelineStageFlags.ColorAttachmentOutputBit,
            PipelineStageFlags.AllCommandsBit,
            AccessFlags.ColorAttachmentWriteBit,
            AccessFlags.MemoryReadBit);
        RenderPassCreateInfo info = new()
        {
            SType = StructureType.RenderPassCreateInfo,
            AttachmentCount = 1,
            PAttachments = &color,
            SubpassCount = 1,
            PSubpasses = &subpass,
            DependencyCount = 2,
            PDependencies = dependencies,
        };
        RenderPass pass;
        _device.Check(_device.Passes.CreateRenderPass(_device.Handle, &info, null, &pass), "vkCreateRenderPass");
        _device.Counts.Others++;
        return pass;
    }

    private Framebuffer CreateFramebuffer()
    {
        ImageView view = _view;
        FramebufferCreateInfo info = new()
        {
            SType = StructureType.FramebufferCreateInfo,
            RenderPass = Pass,
            AttachmentCount = 1,
            PAttachments = &view,
            Width = Width,
            Height = Height,
            Layers = 1,
        };
        Framebuffer framebuffer;
        _device.Check(_device.Passes.CreateFramebuffer(_device.Handle, &info, null, &framebuffer), "vkCreateFramebuffer");
        _device.Counts.Others++;
        return framebuffer;
    }
}
