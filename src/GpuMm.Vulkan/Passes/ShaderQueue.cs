using System;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Memory;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Passes;

/// <summary>Runs commands on the queue that draws and computes, and waits for them.</summary>
internal sealed unsafe class ShaderQueue : IDisposable
{
    private readonly VulkanDevice _device;
    private readonly CommandPool _pool;
    private readonly QueueTimeline _timeline;
    private readonly CommandBuffer[] _commands = new CommandBuffer[1];

    public ShaderQueue(VulkanDevice device)
    {
        _device = device;
        _timeline = new QueueTimeline(device, device.ShaderQueue);
        _pool = device.CreateCommandPool(device.ShaderFamily);
        device.AllocateCommands(_pool, _commands);
    }

    /// <summary>Starts a recording, behind a full barrier: copies may have written what shaders read.</summary>
    public CommandBuffer Begin()
    {
        CommandBufferBeginInfo info = new()
        {
            SType = StructureType.CommandBufferBeginInfo,
            Flags = CommandBufferUsageFlags.OneTimeSubmitBit,
        };
        _device.Check(_device.Functions.BeginCommandBuffer(_commands[0], &info), "vkBeginCommandBuffer");
        CopyStream.Barrier(_device, _commands[0]);
        return _commands[0];
    }

    /// <summary>Ends the recording, behind another barrier: the CPU may read what it wrote. Submits it and waits.</summary>
    public void RunAndWait()
    {
        MemoryBarrier barrier = new()
        {
            SType = StructureType.MemoryBarrier,
            SrcAccessMask = AccessFlags.MemoryWriteBit | AccessFlags.MemoryReadBit,
            DstAccessMask = AccessFlags.HostReadBit,
        };
        CommandBuffer commands = _commands[0];
        _device.Functions.CmdPipelineBarrier(
            commands, PipelineStageFlags.AllCommandsBit, PipelineStageFlags.HostBit, 0, 1, &barrier, 0, null, 0, null);
        _device.Check(_device.Functions.EndCommandBuffer(commands), "vkEndCommandBuffer");
        _timeline.Wait(_timeline.Submit(commands));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.DestroyCommandPool(_pool);
        _timeline.Dispose();
    }
}
