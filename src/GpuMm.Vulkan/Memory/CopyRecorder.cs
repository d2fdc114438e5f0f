using System;
using GpuMm.Vulkan.Devices;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Memory;

/// <summary>Records copies between stores, whatever they are made of.</summary>
internal static unsafe class CopyRecorder
{
    /// <summary>Most runs of pages that one call copies.</summary>
    public const int MaxRuns = 64;

    /// <summary>
    /// Everything recorded so far happens before what comes, and images are ready for it: the source to be read, the target
    /// to be written. Nothing for <c>default</c> stores and for buffers beside the barrier.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="commands">Where to record.</param>
    /// <param name="from">What is read.</param>
    /// <param name="to">What is written.</param>
    /// <param name="isFresh">The target holds nothing yet; what it held is gone.</param>
    public static void Enter(VulkanDevice device, CommandBuffer commands, in Store from, in Store to, bool isFresh) =>
        Enter(device, commands, from, to, isFresh, left: default);

    /// <summary>The same, and the other end of the copy before it in one barrier.</summary>
    /// <param name="device">The device.</param>
    /// <param name="commands">Where to record.</param>
    /// <param name="from">What is read.</param>
    /// <param name="to">What is written.</param>
    /// <param name="isFresh">The target holds nothing yet; what it held is gone.</param>
    /// <param name="left">The target of a copy that was not left yet; <c>default</c> for none.</param>
    public static void Enter(VulkanDevice device, CommandBuffer commands, in Store from, in Store to, bool isFresh, in Store left)
    {
        bool isReadAgain = left.IsImage && left.Image.Handle == from.Image.Handle;
        bool isWrittenAgain = left.IsImage && left.Image.Handle == to.Image.Handle;
        Change(
            device,
            commands,
            from,
            isReadAgain ? ImageLayout.TransferDstOptimal : ImageLayout.ShaderReadOnlyOptimal,
            ImageLayout.TransferSrcOptimal,
            to,
            isFresh ? ImageLayout.Undefined : isWrittenAgain ? ImageLayout.TransferDstOptimal : ImageLayout.ShaderReadOnlyOptimal,
            ImageLayout.TransferDstOptimal,
            isReadAgain || isWrittenAgain ? default : left);
    }

    /// <summary>The other end: what comes happens after it, and images are at rest, where shaders read them.</summary>
    public static void Leave(VulkanDevice device, CommandBuffer commands, in Store from, in Store to) => Change(
        device, commands, from, ImageLayout.TransferSrcOptimal, ImageLayout.ShaderReadOnlyOptimal, to, ImageLayout.TransferDstOptimal, ImageLayout.ShaderReadOnlyOptimal, left: default);

    private static void Change(
        VulkanDevice device,
        CommandBuffer commands,
        in Store from,
        ImageLayout fromOld,
        ImageLayout fromNew,
        in Store to,
        ImageLayout toOld,
        ImageLayout toNew,
        in Store left)
    {
        const AccessFlags All = AccessFlags.MemoryWriteBit | AccessFlags.MemoryReadBit;
        MemoryBarrier memory = new() { SType = StructureType.MemoryBarrier, SrcAccessMask = All, DstAccessMask = All };
        ImageMemoryBarrier* images = stackalloc ImageMemoryBarrier[3];
        uint count = 0;
        if (from.IsImage)
        {
            images[count++] = Transition(from.Image, fromOld, fromNew);
        }

        if (to.IsImage)
        {
            images[count++] = Transition(to.Image, toOld, toNew);
        }

        if (left.IsImage)
        {
            images[count++] = Transition(left.Image, ImageLayout.TransferDstOptimal, ImageLayout.ShaderReadOnlyOptimal);
        }

        device.Functions.CmdPipelineBarrier(
            commands, PipelineStageFlags.AllCommandsBit, PipelineStageFlags.AllCommandsBit, 0, 1, &memory, 0, null, count, images);
    }

    private static ImageMemoryBarrier Transition(Image image, ImageLayout before, ImageLayout after) => new()
    {
        SType = StructureType.ImageMemoryBarrier,
        SrcAccessMask = AccessFlags.MemoryWriteBit | AccessFlags.MemoryReadBit,
        DstAccessMask = AccessFlags.MemoryWriteBit | AccessFlags.MemoryReadBit,
        OldLayout = before,
        NewLayout = after,
        SrcQueueFamilyIndex = Vk.QueueFamilyIgnored,
        DstQueueFamilyIndex = Vk.QueueFamilyIgnored,
        Image = image,
        SubresourceRange = VulkanDevice.ColorRange,
    };

    /// <summary>Copies all of one store into another of the same size.</summary>
    public static void Copy(VulkanDevice device, CommandBuffer commands, in Store from, in Store to)
    {
        PageRun all = new(0, 0, from.PageCount);
        CopyRuns(device, commands, from, to, new ReadOnlySpan<PageRun>(in all));
    }

    /// <summary>Copies runs of pages.</summary>
    /// <param name="device">The device.</param>
    /// <param name="commands">Where to record.</param>
    /// <param name="from">Source.</param>
    /// <param name="to">Target; prepared.</param>
    /// <param name="runs">The runs, at most <see cref="MaxRuns"/>, none overlapping another.</param>
    public static void CopyRuns(VulkanDevice device, CommandBuffer commands, in Store from, in Store to, ReadOnlySpan<PageRun> runs)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(runs.Length, MaxRuns, nameof(runs));
        DeviceFunctions functions = device.Functions;
        uint count = (uint)runs.Length;
        if (from.IsImage && to.IsImage)
        {
            ImageCopy* regions = stackalloc ImageCopy[runs.Length];
            for (int i = 0; i < runs.Length; i++)
            {
                regions[i] = new ImageCopy(s_layer, Row(runs[i].FromPage), s_layer, Row(runs[i].ToPage), Rows(runs[i].PageCount));
            }

            functions.CmdCopyImage(commands, from.Image, ImageLayout.TransferSrcOptimal, to.Image, ImageLayout.TransferDstOptimal, count, regions);
        }
        else if (!from.IsImage && !to.IsImage)
        {
            BufferCopy* regions = stackalloc BufferCopy[runs.Length];
            for (int i = 0; i < runs.Length; i++)
            {
                regions[i] = new BufferCopy(Bytes(runs[i].FromPage), Bytes(runs[i].ToPage), Bytes(runs[i].PageCount));
            }

            functions.CmdCopyBuffer(commands, from.Buffer, to.Buffer, count, regions);
        }
        else
        {
            BufferImageCopy* regions = stackalloc BufferImageCopy[runs.Length];
            for (int i = 0; i < runs.Length; i++)
            {
                (uint bufferPage, uint imagePage) = from.IsImage ? (runs[i].ToPage, runs[i].FromPage) : (runs[i].FromPage, runs[i].ToPage);
                regions[i] = new BufferImageCopy(Bytes(bufferPage), 0, 0, s_layer, Row(imagePage), Rows(runs[i].PageCount));
            }

            if (from.IsImage)
            {
                functions.CmdCopyImageToBuffer(commands, from.Image, ImageLayout.TransferSrcOptimal, to.Buffer, count, regions);
            }
            else
            {
                functions.CmdCopyBufferToImage(commands, from.Buffer, to.Image, ImageLayout.TransferDstOptimal, count, regions);
            }
        }
    }

    /// <summary>Sets every byte to zero.</summary>
    public static void Clear(VulkanDevice device, CommandBuffer commands, in Store store)
    {
        if (!store.IsImage)
        {
            device.Functions.CmdFillBuffer(commands, store.Buffer, 0, store.SizeBytes, 0);
            return;
        }

        ClearColorValue zero = default;
        ImageSubresourceRange range = VulkanDevice.ColorRange;
        device.Functions.CmdClearColorImage(commands, store.Image, ImageLayout.TransferDstOptimal, &zero, 1, &range);
    }

    private static readonly ImageSubresourceLayers s_layer = new(ImageAspectFlags.ColorBit, 0, 0, 1);

    private static ulong Bytes(uint pages) => (ulong)pages << 12;

    private static Offset3D Row(uint page) => new(0, (int)page, 0);

    private static Extent3D Rows(uint pages) => new(VulkanDevice.RowTexels, pages, 1);
}
