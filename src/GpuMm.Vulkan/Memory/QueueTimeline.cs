using System;
using System.Diagnostics;
using GpuMm.Vulkan.Devices;
using Silk.NET.Vulkan;
using VkSemaphore = Silk.NET.Vulkan.Semaphore;

namespace GpuMm.Vulkan.Memory;

/// <summary>A queue and a timeline semaphore: each submission is its next value.</summary>
/// <remarks>One thread. No managed allocation.</remarks>
internal sealed unsafe class QueueTimeline(VulkanDevice device, Queue queue) : IDisposable
{
    private const ulong WaitLimitNs = 60_000_000_000;

    private readonly VkSemaphore _semaphore = device.CreateTimeline();

    /// <summary>Submissions so far, which is the value of the last.</summary>
    public ulong Submitted { get; private set; }

    /// <summary>How far the device is, as far as we know.</summary>
    public ulong Done { get; private set; }

    /// <summary>Submits ended commands.</summary>
    /// <returns>The value that the semaphore has when they are done.</returns>
    public ulong Submit(CommandBuffer commands)
    {
        ulong value = Submitted + 1;
        VkSemaphore semaphore = _semaphore;
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
            PSignalSemaphores = &semaphore,
        };
        device.Check(device.Functions.QueueSubmit(queue, 1, &submit, default), "vkQueueSubmit");
        Submitted = value;
        return value;
    }

    /// <summary>True when a value is reached. Asks the device unless it is known.</summary>
    public bool IsDone(ulong value)
    {
        if (value > Done)
        {
            ulong now;
            device.Check(device.Functions.GetSemaphoreCounterValue(device.Handle, _semaphore, &now), "vkGetSemaphoreCounterValue");
            Done = now;
        }

        return value <= Done;
    }

    /// <summary>Waits until a value is reached.</summary>
    /// <param name="value">At most <see cref="Submitted"/>.</param>
    /// <exception cref="VulkanException">The device was lost, or did not finish in 60 s.</exception>
    public void Wait(ulong value)
    {
        Debug.Assert(value <= Submitted, "Only what was submitted is waited for.");
        if (value <= Done)
        {
            return;
        }

        VkSemaphore semaphore = _semaphore;
        SemaphoreWaitInfo info = new()
        {
            SType = StructureType.SemaphoreWaitInfo,
            SemaphoreCount = 1,
            PSemaphores = &semaphore,
            PValues = &value,
        };
        device.Check(device.Functions.WaitSemaphores(device.Handle, &info, WaitLimitNs), "vkWaitSemaphores");
        Done = Math.Max(Done, value);
    }

    /// <inheritdoc/>
    public void Dispose() => device.DestroySemaphore(_semaphore);
}
