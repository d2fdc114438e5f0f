using System;
using System.Collections.Generic;
using GpuMm.Objects;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Memory;
using GpuMm.Vulkan.Passes;

namespace GpuMm.Vulkan.Mirror;

/// <summary>
/// The same objects on a real device: each has memory in the domain where the manager says that it lives, and each move
/// is a copy there. The mirror follows; it decides nothing.
/// </summary>
/// <remarks>
/// One thread, and the reservation of whatever object is named. What the CPU wrote is passed on when the device needs it:
/// pages of objects that were mapped are compared, by checksum, with what the device was last given. No managed
/// allocation per move. The partial files: moves, contents, checks.
/// </remarks>
internal sealed partial class DeviceMirror : ICopyTimes, IDisposable
{
    private readonly Dictionary<ulong, MirrorObject> _objects = [];
    private readonly ChecksumPass _checksums;
    private bool _isDisposed;

    public DeviceMirror(VulkanDevice device, ulong blockBytes = DomainPool.UsualBlockBytes)
    {
        Device = device;
        Room = new StoreRoom(device, blockBytes);
        Stream = new CopyStream(device) { Times = this };
        _checksums = new ChecksumPass(device, Room);
    }

    /// <summary>The device.</summary>
    public VulkanDevice Device { get; }

    /// <summary>Its memory.</summary>
    public StoreRoom Room { get; }

    /// <summary>Its copies.</summary>
    public CopyStream Stream { get; }

    /// <summary>What was done so far.</summary>
    public MirrorCounters Counters { get; } = new();

    /// <summary>Objects that are known.</summary>
    public IReadOnlyCollection<MirrorObject> Objects => _objects.Values;

    /// <summary>The device's side of an object; made on first sight.</summary>
    public MirrorObject Track(BufferObject target)
    {
        MirrorObject mirrored = Find(target.Id) ?? Add(target.Id, target.SizeBytes, target.Name, target.Kind);
        mirrored.Target ??= target;
        return mirrored;
    }

    /// <summary>Makes the device's side of an object that only its description is known of.</summary>
    public MirrorObject Add(ulong id, ulong sizeBytes, string name, BufferObjectKind kind)
    {
        // Textures are what user memory holds; what is the driver's own or somebody else's is data.
        MirrorObject mirrored = new(id, sizeBytes, name, kind == BufferObjectKind.Device);
        _objects.Add(id, mirrored);
        return mirrored;
    }

    /// <summary>The device's side of an object, or null when it was never seen.</summary>
    public MirrorObject? Find(ulong id) => _objects.GetValueOrDefault(id);

    /// <summary>Gives the memory of an object back: it holds no space any more.</summary>
    public void Empty(MirrorObject mirrored)
    {
        if (mirrored.Store.Exists)
        {
            Room.Retire(mirrored.Store, mirrored.LastUse);
            mirrored.Store = default;
            mirrored.IsFilled = false;
            mirrored.IsTouched = true;
        }
    }

    /// <summary>Forgets an object that is gone.</summary>
    public void Forget(ulong id)
    {
        if (_objects.Remove(id, out MirrorObject? mirrored))
        {
            Empty(mirrored);
        }
    }

    /// <summary>Gives an object memory in a domain where the manager took space for it, if it has none there.</summary>
    public void Settle(MirrorObject mirrored, MemoryDomain domain) => EnsureStore(mirrored, domain);

    /// <summary>Hands the memory of an object to another that takes its place.</summary>
    public static void HandOver(MirrorObject from, MirrorObject to)
    {
        to.Store = from.Store;
        to.LastUse = from.LastUse;
        from.Store = default;
        from.IsFilled = false;
        from.IsTouched = true;
    }

    /// <summary>Waits for all copies and gives back what they held, and what is parked.</summary>
    public void Finish()
    {
        Stream.WaitAll();
        Room.Unpark(MemoryDomain.Gtt);
        Room.Unpark(MemoryDomain.Vram);
        Room.Collect(Stream.DoneValue);
    }

    /// <inheritdoc/>
    public void OnCopied(in CopyTag tag, long durationNs) => Counters.AddTime(tag, durationNs);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Device.WaitIdle();
        foreach (MirrorObject mirrored in _objects.Values)
        {
            if (mirrored.Store.Exists)
            {
                Room.Destroy(mirrored.Store);
                mirrored.Store = default;
            }
        }

        _objects.Clear();
        _checksums.Dispose();
        Room.Dispose();
        Stream.Dispose();
    }
}
