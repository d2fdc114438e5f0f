using System;
using GpuMm.Objects;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Memory;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Mirror;

/// <content>Moves.</content>
internal sealed partial class DeviceMirror
{
    // System memory that copies under way may hold beside what objects have.
    private const ulong MaxWaitingBytes = 32ul << 20;

    // Stores that may wait before anybody asks how far the device is: asking costs a call.
    private const int CollectCount = CopyStream.WorthCount;

    /// <summary>Does a move on the device: memory in the target's domain, a copy into it, the old memory back after the copy.</summary>
    /// <param name="request">What the manager moves.</param>
    /// <param name="modelNs">What the model says it takes; 0 when the model takes no time for it.</param>
    /// <returns>The point of the copy timeline at which it is done.</returns>
    /// <exception cref="VulkanException">The device is out of memory or was lost; the object keeps what it had.</exception>
    /// <remarks>Cost: two to four calls to make the target, five to record; one more every 64 moves or so to submit.</remarks>
    public ulong Move(in MoveRequest request, long modelNs)
    {
        MirrorObject mirrored = Track(request.Target);
        mirrored.IsMapped = false; // Every mapping was revoked before the driver is asked.
        bool clears = !request.CarriesBytes && !request.To.Manager.UsesPages;
        if (!clears && request.From is { } source)
        {
            EnsureStore(mirrored, source.Domain);
            PassOn(mirrored);
        }

        Store old = mirrored.Store;
        Store target = MakeStore(request.To.Domain, mirrored);
        ulong value = Stream.NextValue;
        bool isRecorded = false;
        try
        {
            CopyTag tag = new(request.Target.Id, clears ? request.To.Domain : old.Domain, request.To.Domain, target.SizeBytes, modelNs);
            if (clears)
            {
                RecordClear(target, tag);
            }
            else
            {
                RecordCopy(old, target, tag);
            }

            value = Stream.NextValue;
            isRecorded = true;
        }
        finally
        {
            if (!isRecorded)
            {
                Room.Retire(target, value);
            }
        }

        mirrored.Store = target;
        mirrored.LastUse = value;
        if (old.Exists)
        {
            Room.Retire(old, value);
        }

        if (clears)
        {
            mirrored.Sums.AsSpan().Fill(PageSum.OfZeroes);
            mirrored.IsFilled = true;
            mirrored.IsTouched = mirrored.IsMapped;
        }

        Counters.CountMove(clears, request.CarriesBytes, target.SizeBytes);
        Stream.FlushIfWorth();
        if (Room.WaitingBytes > MaxWaitingBytes)
        {
            Stream.Wait(Room.OldestValue);
            Room.Collect(Stream.DoneValue);
        }

        return value;
    }

    private void RecordCopy(in Store from, in Store to, in CopyTag tag)
    {
        CommandBuffer commands = Stream.EnterTimed(from, to);
        Stream.BeginTimed(tag);
        CopyRecorder.Copy(Device, commands, from, to);
        Stream.EndTimed(default, to); // The source is about to go.
    }

    private void RecordClear(in Store to, in CopyTag tag)
    {
        CommandBuffer commands = Stream.EnterTimed(default, to);
        if (to.IsImage && !Device.ClearsImages)
        {
            // A queue that only copies fills buffers, not images: zeroes come from a buffer beside it.
            Store zeroes = MakeStore(MemoryDomain.Vram, to.PageCount, asImage: false);
            Stream.BeginTimed(tag);
            CopyRecorder.Clear(Device, commands, zeroes);
            Stream.Barrier();
            CopyRecorder.Copy(Device, commands, zeroes, to);
            Room.Retire(zeroes, Stream.NextValue);
        }
        else
        {
            Stream.BeginTimed(tag);
            CopyRecorder.Clear(Device, commands, to);
        }

        Stream.EndTimed(default, to);
    }

    // Memory in the domain, for whoever has none there. It holds nothing yet.
    private void EnsureStore(MirrorObject mirrored, MemoryDomain domain)
    {
        if (mirrored.Store.Exists && mirrored.Store.Domain == domain)
        {
            return;
        }

        Empty(mirrored);
        mirrored.Store = MakeStore(domain, mirrored);
        mirrored.LastUse = Room.BusyUntil(domain);
        mirrored.IsFilled = false;
        mirrored.IsTouched = true;
    }

    private Store MakeStore(MemoryDomain domain, MirrorObject mirrored) =>
        MakeStore(domain, (uint)mirrored.Sums.Length, mirrored.IsTexture && domain == MemoryDomain.Vram);

    private Store MakeStore(MemoryDomain domain, uint pageCount, bool asImage)
    {
        if (Room.WaitingCount >= CollectCount && Stream.IsDone(Room.OldestValue))
        {
            Room.Collect(Stream.DoneValue);
        }

        try
        {
            return Room.Make(domain, pageCount, asImage);
        }
        catch (VulkanException problem) when (problem.Result == Result.ErrorOutOfDeviceMemory && Room.WaitingCount > 0)
        {
            // What copies still hold may be enough.
            Finish();
            for (int i = 0; i < 3; i++)
            {
                Room.Pool((MemoryDomain)i).Trim();
            }

            return Room.Make(domain, pageCount, asImage);
        }
    }
}
