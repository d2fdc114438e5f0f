using System;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Memory;
using Silk.NET.Vulkan;
using VkSemaphore = Silk.NET.Vulkan.Semaphore;

namespace GpuMm.Vulkan.Passes;

/// <summary>Runs commands on the queue that draws and computes, and waits for them.</summary>
internal sealed unsafe class ShaderQueue : IDisposable
{
    private const ulong WaitLimitNs = 60_000_000_000;

    private readonly VulkanDevice _device;
    private readonly CommandPool _pool;
    private readonly VkSemaphore _timeline;
    private readonly CommandBuffer[] _commands = new CommandBuffer[1];
    private ulong _value;

    public ShaderQueue(VulkanDevice device)
    {
        _device = device;
        _timeline = device.CreateTimeline();
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
        ulong value = ++_value;
        VkSemaphore timeline = _timeline;
        TimelineSemaphoreSubmitInfo values = new()
        {
            SType = StructureType.TimelineSemaphoreSubmitInfo,
            SignalSemaphoreValueCount = 1,
            PSignalSemaphoreValues = &value,
        };
        SubmitInfo submit = new()
        {
            SType = StructureType.SubmitInfo,
            PNext = &values,
            CommandBufferCount = 1,
            PCommandBuffers = &commands,
            SignalSemaphoreCount = 1,
            PSignalSemaphores = &timeline,
        };
        _device.Check(_device.Functions.QueueSubmit(_device.ShaderQueue, 1, &submit, default), "vkQueueSubmit");
        SemaphoreWaitInfo wait = new()
        {
            SType = StructureType.SemaphoreWaitInfo,
            SemaphoreCount = 1,
            PSemaphores = &timeline,
            PValues = &value,
        };
        _device.Check(_device.Functions.WaitSemaphores(_device.Handle, &wait, WaitLimitNs), "vkWaitSemaphores");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.DestroyCommandPool(_pool);
        _device.DestroySemaphore(_timeline);
    }
}
