using Silk.NET.Vulkan;
using VkBuffer = Silk.NET.Vulkan.Buffer;
using VkSemaphore = Silk.NET.Vulkan.Semaphore;

namespace GpuMm.Vulkan.Devices;

/// <content>Making and giving back what lies on the device. Everything is counted.</content>
internal sealed unsafe partial class VulkanDevice
{
    /// <summary>Texels in a row of an image: 1024 of 4 bytes are one page, so that a run of pages is a run of rows.</summary>
    public const uint RowTexels = 1024;

    private const BufferUsageFlags BufferUsage =
        BufferUsageFlags.TransferSrcBit | BufferUsageFlags.TransferDstBit | BufferUsageFlags.StorageBufferBit;

    /// <summary>Takes memory.</summary>
    /// <param name="typeIndex">From this memory type.</param>
    /// <param name="sizeBytes">This much.</param>
    /// <param name="priority">0 to 1, higher stays longer; used where VK_EXT_memory_priority is offered.</param>
    public DeviceMemory AllocateMemory(int typeIndex, ulong sizeBytes, float priority)
    {
        MemoryPriorityAllocateInfoEXT wish = new() { SType = StructureType.MemoryPriorityAllocateInfoExt, Priority = priority };
        MemoryAllocateInfo info = new()
        {
            SType = StructureType.MemoryAllocateInfo,
            AllocationSize = sizeBytes,
            MemoryTypeIndex = (uint)typeIndex,
            PNext = Info.MemoryPriority ? &wish : null,
        };
        DeviceMemory memory;
        Check(Functions.AllocateMemory(Handle, &info, null, &memory), "vkAllocateMemory");
        Counts.Memories++;
        Counts.MemoryBytes += sizeBytes;
        return memory;
    }

    public void FreeMemory(DeviceMemory memory, ulong sizeBytes)
    {
        Functions.FreeMemory(Handle, memory, null);
        Counts.Memories--;
        Counts.MemoryBytes -= sizeBytes;
    }

    /// <summary>Maps all of a memory; it stays mapped until it is freed.</summary>
    public byte* Map(DeviceMemory memory)
    {
        void* address;
        Check(Functions.MapMemory(Handle, memory, 0, Vk.WholeSize, 0, &address), "vkMapMemory");
        return (byte*)address;
    }

    public VkBuffer CreateBuffer(ulong sizeBytes)
    {
        uint* families = stackalloc uint[] { CopyFamily, ShaderFamily };
        BufferCreateInfo info = new()
        {
            SType = StructureType.BufferCreateInfo,
            Size = sizeBytes,
            Usage = BufferUsage,
            SharingMode = IsOneQueue ? SharingMode.Exclusive : SharingMode.Concurrent,
            QueueFamilyIndexCount = IsOneQueue ? 0u : 2u,
            PQueueFamilyIndices = families,
        };
        VkBuffer buffer;
        Check(Functions.CreateBuffer(Handle, &info, null, &buffer), "vkCreateBuffer");
        Counts.Buffers++;
        return buffer;
    }

    public MemoryRequirements Requirements(VkBuffer buffer)
    {
        MemoryRequirements needs;
        Functions.GetBufferMemoryRequirements(Handle, buffer, &needs);
        return needs;
    }

    public void DestroyBuffer(VkBuffer buffer)
    {
        Functions.DestroyBuffer(Handle, buffer, null);
        Counts.Buffers--;
    }

    /// <summary>Makes an image of whole pages, one page a row of 32-bit texels.</summary>
    public Image CreateImage(uint pageCount)
    {
        uint* families = stackalloc uint[] { CopyFamily, ShaderFamily };
        ImageCreateInfo info = new()
        {
            SType = StructureType.ImageCreateInfo,
            ImageType = ImageType.Type2D,
            Format = Format.R32Uint,
            Extent = new Extent3D(RowTexels, pageCount, 1),
            MipLevels = 1,
            ArrayLayers = 1,
            Samples = SampleCountFlags.Count1Bit,
            Tiling = ImageTiling.Optimal,
            Usage = ImageUsageFlags.TransferSrcBit | ImageUsageFlags.TransferDstBit | ImageUsageFlags.SampledBit,
            SharingMode = IsOneQueue ? SharingMode.Exclusive : SharingMode.Concurrent,
            QueueFamilyIndexCount = IsOneQueue ? 0u : 2u,
            PQueueFamilyIndices = families,
            InitialLayout = ImageLayout.Undefined,
        };
        Image image;
        Check(Functions.CreateImage(Handle, &info, null, &image), "vkCreateImage");
        Counts.Images++;
        return image;
    }

    public MemoryRequirements Requirements(Image image)
    {
        MemoryRequirements needs;
        Functions.GetImageMemoryRequirements(Handle, image, &needs);
        return needs;
    }

    public void DestroyImage(Image image)
    {
        Functions.DestroyImage(Handle, image, null);
        Counts.Images--;
    }

    public ImageView CreateView(Image image, Format format)
    {
        ImageViewCreateInfo info = new()
        {
            SType = StructureType.ImageViewCreateInfo,
            Image = image,
            ViewType = ImageViewType.Type2D,
            Format = format,
            SubresourceRange = ColorRange,
        };
        ImageView view;
        Check(Functions.CreateImageView(Handle, &info, null, &view), "vkCreateImageView");
        Counts.Others++;
        return view;
    }

    public void DestroyView(ImageView view)
    {
        Functions.DestroyImageView(Handle, view, null);
        Counts.Others--;
    }

    public VkSemaphore CreateTimeline()
    {
        SemaphoreTypeCreateInfo type = new() { SType = StructureType.SemaphoreTypeCreateInfo, SemaphoreType = SemaphoreType.Timeline };
        SemaphoreCreateInfo info = new() { SType = StructureType.SemaphoreCreateInfo, PNext = &type };
        VkSemaphore semaphore;
        Check(Functions.CreateSemaphore(Handle, &info, null, &semaphore), "vkCreateSemaphore");
        Counts.Others++;
        return semaphore;
    }

    public void DestroySemaphore(VkSemaphore semaphore)
    {
        Functions.DestroySemaphore(Handle, semaphore, null);
        Counts.Others--;
    }

    public CommandPool CreateCommandPool(uint family)
    {
        CommandPoolCreateInfo info = new()
        {
            SType = StructureType.CommandPoolCreateInfo,
            Flags = CommandPoolCreateFlags.ResetCommandBufferBit,
            QueueFamilyIndex = family,
        };
        CommandPool pool;
        Check(Functions.CreateCommandPool(Handle, &info, null, &pool), "vkCreateCommandPool");
        Counts.Others++;
        return pool;
    }

    public void AllocateCommands(CommandPool pool, System.Span<CommandBuffer> into)
    {
        CommandBufferAllocateInfo info = new()
        {
            SType = StructureType.CommandBufferAllocateInfo,
            CommandPool = pool,
            Level = CommandBufferLevel.Primary,
            CommandBufferCount = (uint)into.Length,
        };
        fixed (CommandBuffer* first = into)
        {
            Check(Functions.AllocateCommandBuffers(Handle, &info, first), "vkAllocateCommandBuffers");
        }
    }

    public void DestroyCommandPool(CommandPool pool)
    {
        Functions.DestroyCommandPool(Handle, pool, null);
        Counts.Others--;
    }

    /// <summary>The only level and layer of an image.</summary>
    public static ImageSubresourceRange ColorRange => new(ImageAspectFlags.ColorBit, 0, 1, 0, 1);
}
