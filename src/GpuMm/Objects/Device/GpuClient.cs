using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using GpuMm.Diagnostics;

namespace GpuMm.Objects;

/// <summary>One user of a device: its handles to objects, what it shares, and how much memory it holds.</summary>
/// <remarks>
/// A handle holds a reference. Handles are numbers of this client alone; objects pass between clients by
/// <see cref="Share"/> or by a published name. Safe for concurrent use. Source: drm_file, GEM names, drm-usage-stats.
/// </remarks>
public sealed class GpuClient : IDisposable
{
    private readonly Dictionary<uint, BufferObject> _objects = []; // Lock: itself
    private uint _lastHandle; // Lock: _objects

    /// <summary>A client without handles.</summary>
    /// <param name="device">The device.</param>
    /// <param name="id">Shown in <see cref="FdInfo"/>.</param>
    /// <param name="name">Shown in <see cref="FdInfo"/>.</param>
    public GpuClient(GpuDevice device, ulong id, string name)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(name);
        Device = device;
        Id = id;
        Name = name;
    }

    /// <summary>The device.</summary>
    public GpuDevice Device { get; }

    /// <summary>The client's number.</summary>
    public ulong Id { get; }

    /// <summary>The client's name.</summary>
    public string Name { get; }

    /// <summary>Makes a handle to an object.</summary>
    /// <param name="target">An object of this device; the handle takes a reference of its own.</param>
    /// <returns>The handle; never 0.</returns>
    public uint Open(BufferObject target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!ReferenceEquals(target.Device, Device))
        {
            throw new ArgumentException("The object belongs to another device.", nameof(target));
        }

        target.AddReference();
        target.CountHandle(1);
        uint handle;
        lock (_objects)
        {
            handle = checked(++_lastHandle);
            _objects.Add(handle, target);
        }

        RaiseHandle(DeviceEventKind.HandleOpened, target, handle);
        return handle;
    }

    /// <summary>The object behind a handle.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="target">The object, without a further reference; null when there is none.</param>
    public bool TryGet(uint handle, out BufferObject? target)
    {
        lock (_objects)
        {
            return _objects.TryGetValue(handle, out target);
        }
    }

    /// <summary>Gives a handle up.</summary>
    /// <param name="handle">The handle.</param>
    /// <returns>False when it is not one of this client.</returns>
    public bool Close(uint handle)
    {
        BufferObject? target;
        lock (_objects)
        {
            if (!_objects.Remove(handle, out target))
            {
                return false;
            }
        }

        RaiseHandle(DeviceEventKind.HandleClosed, target, handle);
        if (target.CountHandle(-1) == 0)
        {
            Device.Unpublish(target);
        }

        target.Release();
        return true;
    }

    /// <summary>Gives another client a handle to the same object.</summary>
    /// <param name="handle">A handle of this client.</param>
    /// <param name="other">The other client; of the same device.</param>
    /// <param name="shared">The other client's handle; 0 on failure.</param>
    /// <returns>False when the handle is not one of this client.</returns>
    public bool Share(uint handle, GpuClient other, out uint shared)
    {
        ArgumentNullException.ThrowIfNull(other);
        shared = 0;
        BufferObject? target;
        lock (_objects)
        {
            if (!_objects.TryGetValue(handle, out target))
            {
                return false;
            }

            target.AddReference(); // It must not go before the other has its own.
        }

        shared = other.Open(target);
        target.Release();
        return true;
    }

    /// <summary>The memory that this client holds, as a driver shows it in a file of the process.</summary>
    /// <returns>Lines of key, colon, tab, value; sizes in KiB.</returns>
    /// <remarks>Objects that somebody has reserved are counted where they were last seen. Cost: O(handles), allocates.</remarks>
    public string FdInfo()
    {
        DomainUsage[] usage = new DomainUsage[GpuDevice.MaxDomains];
        HashSet<BufferObject> seen = [];
        lock (_objects)
        {
            foreach (BufferObject target in _objects.Values)
            {
                if (seen.Add(target))
                {
                    Add(target, usage);
                }
            }
        }

        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"drm-driver:\tgpumm\ndrm-client-id:\t{Id}\ndrm-client-name:\t{Name}\n");
        for (int i = 0; i < usage.Length; i++)
        {
            if (Device.FindManager((MemoryDomain)i) is not null)
            {
                usage[i].AppendTo(text, ((MemoryDomain)i).ToString().ToLowerInvariant());
            }
        }

        return text.ToString();
    }

    /// <summary>Closes every handle.</summary>
    public void Dispose()
    {
        uint[] handles;
        lock (_objects)
        {
            handles = [.. _objects.Keys];
        }

        foreach (uint handle in handles)
        {
            Close(handle);
        }
    }

    private void RaiseHandle(DeviceEventKind kind, BufferObject target, uint handle)
    {
        if (Device.IsObserved)
        {
            Device.Raise(new DeviceEvent
            {
                Kind = kind,
                ObjectId = target.Id,
                ClientId = unchecked((int)Id), // Also 0, which is not the object's client.
                SizeBytes = target.SizeBytes,
                RelatedId = handle,
            });
        }
    }

    private static void Add(BufferObject target, DomainUsage[] usage)
    {
        bool isHeld = target.Reservation.TryLock();
        Resource? resource = target.Resource;
        ref DomainUsage domain = ref usage[(int)(resource?.Domain ?? MemoryDomain.System)];
        ulong kib = target.SizeBytes / 1024;
        domain.TotalKib += kib;
        domain.SharedKib += target.HandleCount > 1 ? kib : 0;
        bool isResident = resource is not null && (!resource.Manager.UsesPages || target.Pages is { HasPages: true });
        domain.ResidentKib += isResident ? kib : 0;
        bool isActive = isHeld && target.Reservation.TryGetUnsignaled(Fences.FenceUsage.Bookkeep, out _);
        domain.ActiveKib += isActive ? kib : 0;

        // What the GPU still uses, or what is not there, could not be purged now.
        domain.PurgeableKib += target.IsPurgeable && isResident && !isActive ? kib : 0;
        if (isHeld)
        {
            target.Reservation.Unlock();
        }
    }

    private struct DomainUsage
    {
        public ulong TotalKib;
        public ulong SharedKib;
        public ulong ResidentKib;
        public ulong PurgeableKib;
        public ulong ActiveKib;

        public readonly void AppendTo(StringBuilder text, string region) => text
            .Append(CultureInfo.InvariantCulture, $"drm-total-{region}:\t{TotalKib} KiB\n")
            .Append(CultureInfo.InvariantCulture, $"drm-shared-{region}:\t{SharedKib} KiB\n")
            .Append(CultureInfo.InvariantCulture, $"drm-resident-{region}:\t{ResidentKib} KiB\n")
            .Append(CultureInfo.InvariantCulture, $"drm-purgeable-{region}:\t{PurgeableKib} KiB\n")
            .Append(CultureInfo.InvariantCulture, $"drm-active-{region}:\t{ActiveKib} KiB\n");
    }
}
