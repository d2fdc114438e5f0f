using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Primitives;

namespace GpuMm.Objects;

/// <summary>One GPU address space: which objects lie behind which addresses. The steps of each change are told to the caller.</summary>
/// <remarks>
/// Mappings never overlap; a new one displaces what is in its way, whole or in part. Each mapping holds a reference to its
/// object. Lock: <see cref="Reservation"/>, which objects of this address space alone may share. Cost: O(log mappings) to
/// find, O(mappings) to insert. Source: drm_gpuvm (sm_map, sm_unmap), for the cases of overlap.
/// </remarks>
public sealed partial class GpuVm : IDisposable
{
    private readonly List<GpuVmMapping> _mappings = []; // Lock: Reservation; by address
    private readonly GpuDevice _device;
    private bool _isClosed;

    /// <summary>An empty address space.</summary>
    /// <param name="device">Whose objects it shows.</param>
    /// <param name="startBytes">First address; page-aligned.</param>
    /// <param name="sizeBytes">Whole pages.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty, not whole pages, or wraps.</exception>
    public GpuVm(GpuDevice device, ulong startBytes, ulong sizeBytes)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (!IsWholePages(startBytes, sizeBytes) || sizeBytes > ulong.MaxValue - startBytes)
        {
            throw new ArgumentOutOfRangeException(nameof(sizeBytes), sizeBytes, "An address space is whole pages and does not wrap.");
        }

        _device = device;
        StartBytes = startBytes;
        SizeBytes = sizeBytes;
        Bulk = new BulkMove(device, Reservation, device.NextBulkId());
        if (device.IsObserved)
        {
            Raise(DeviceEventKind.GpuVmOpened, startBytes, sizeBytes, device.NumberOf(Reservation));
        }
    }

    /// <summary>First address.</summary>
    public ulong StartBytes { get; }

    /// <summary>Size, bytes.</summary>
    public ulong SizeBytes { get; }

    /// <summary>Its lock; objects that belong to this address space alone share it.</summary>
    public Reservation Reservation { get; } = new();

    /// <summary>Lets all objects that share <see cref="Reservation"/> grow young in one step.</summary>
    public BulkMove Bulk { get; }

    /// <summary>The mappings by address. Lock: the reservation.</summary>
    public IReadOnlyList<GpuVmMapping> Mappings => _mappings;

    /// <summary>Puts an object behind a range of addresses.</summary>
    /// <param name="startBytes">First address; page-aligned.</param>
    /// <param name="sizeBytes">Whole pages.</param>
    /// <param name="target">The object; null makes the range sparse.</param>
    /// <param name="offsetBytes">Offset into the object; page-aligned.</param>
    /// <param name="steps">Receives the steps, in the order in which they must be taken.</param>
    /// <returns>
    /// <see cref="MmStatus.Ok"/>; <see cref="MmStatus.InvalidArgument"/>, with nothing changed, when the range is not whole
    /// pages inside the address space or the object is too small.
    /// </returns>
    /// <remarks>Lock: the reservation.</remarks>
    public MmStatus Map(ulong startBytes, ulong sizeBytes, BufferObject? target, ulong offsetBytes, List<GpuVmStep> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        Reservation.AssertHeld();
        bool fits = target is null
            ? offsetBytes == 0
            : offsetBytes % Pages.SizeBytes == 0 && offsetBytes <= target.SizeBytes && sizeBytes <= target.SizeBytes - offsetBytes;
        if (!IsInside(startBytes, sizeBytes) || !fits)
        {
            return MmStatus.InvalidArgument;
        }

        Raise(DeviceEventKind.GpuMapped, startBytes, sizeBytes, offsetBytes, target);
        GpuVmMapping made = new(startBytes, sizeBytes, target, offsetBytes);
        Hold(target);
        int at = Displace(startBytes, made.EndBytes, made, steps);
        _mappings.Insert(at, made);
        steps.Add(new GpuVmStep(GpuVmStepKind.Map, made));
        return MmStatus.Ok;
    }

    /// <summary>Takes whatever lies behind a range of addresses away.</summary>
    /// <param name="startBytes">First address; page-aligned.</param>
    /// <param name="sizeBytes">Whole pages.</param>
    /// <param name="steps">Receives the steps.</param>
    /// <returns>As <see cref="Map"/>. A range behind which nothing lies is fine.</returns>
    /// <remarks>Lock: the reservation.</remarks>
    public MmStatus Unmap(ulong startBytes, ulong sizeBytes, List<GpuVmStep> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        Reservation.AssertHeld();
        if (!IsInside(startBytes, sizeBytes))
        {
            return MmStatus.InvalidArgument;
        }

        Raise(DeviceEventKind.GpuUnmapped, startBytes, sizeBytes);
        Displace(startBytes, startBytes + sizeBytes, made: null, steps);
        return MmStatus.Ok;
    }

    /// <summary>The mapping behind an address, or null. Lock: the reservation.</summary>
    /// <param name="addressBytes">The address.</param>
    public GpuVmMapping? Find(ulong addressBytes)
    {
        int at = FirstEndingAfter(addressBytes);
        return at < _mappings.Count && _mappings[at].StartBytes <= addressBytes ? _mappings[at] : null;
    }

    /// <summary>The first mapping that has an address of a range, or null. Lock: the reservation.</summary>
    /// <param name="startBytes">First address.</param>
    /// <param name="sizeBytes">Size; the range does not wrap.</param>
    /// <remarks>Cost: O(log mappings). Null means that the range is free. Source: drm_gpuva_find_first.</remarks>
    public GpuVmMapping? FindFirst(ulong startBytes, ulong sizeBytes)
    {
        int at = FirstEndingAfter(startBytes);
        return sizeBytes != 0 && at < _mappings.Count && _mappings[at].StartBytes <= startBytes + (sizeBytes - 1) ? _mappings[at] : null;
    }

    /// <summary>The mappings as a table: start, end, size, object, offset. Lock: the reservation.</summary>
    /// <remarks>Source: drm_debugfs_gpuva_info.</remarks>
    public string Dump()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"GPU addresses 0x{StartBytes:x} to 0x{StartBytes + SizeBytes:x}: {_mappings.Count} mappings of {_objects.Count} objects, {MovedCount} of them moved\n");
        text.Append("  start               end                       size  offset        object\n");
        foreach (GpuVmMapping mapping in _mappings)
        {
            text.Append(CultureInfo.InvariantCulture, $"  0x{mapping.StartBytes:x16}  0x{mapping.EndBytes:x16}  {mapping.SizeBytes >> 10,7} KiB  0x{mapping.OffsetBytes:x10}  ");
            text.Append(mapping.Target?.ToString() ?? "sparse").Append(mapping.Target is { } target && !ReferenceEquals(target.Reservation, Reservation) ? ", external\n" : "\n");
        }

        return text.ToString();
    }

    /// <summary>Takes everything away. Lock: the reservation must be free.</summary>
    public void Dispose()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        Raise(DeviceEventKind.GpuVmClosed, StartBytes, SizeBytes);
        foreach (GpuVmMapping mapping in _mappings)
        {
            Drop(mapping.Target);
        }

        _mappings.Clear();
    }

    // Told before it is done: what goes with the last mapping of an object follows.
    private void Raise(DeviceEventKind kind, ulong startBytes, ulong sizeBytes, ulong detail = 0, BufferObject? target = null)
    {
        if (_device.IsObserved)
        {
            _device.Raise(new DeviceEvent
            {
                Kind = kind,
                ObjectId = target?.Id ?? 0,
                ClientId = target?.ClientId ?? 0,
                RelatedId = Bulk.Id,
                OffsetBytes = startBytes,
                SizeBytes = sizeBytes,
                Detail = detail,
            });
        }
    }

    private static bool IsWholePages(ulong startBytes, ulong sizeBytes) =>
        sizeBytes != 0 && startBytes % Pages.SizeBytes == 0 && sizeBytes % Pages.SizeBytes == 0;

    private bool IsInside(ulong startBytes, ulong sizeBytes) =>
        IsWholePages(startBytes, sizeBytes) && startBytes >= StartBytes && sizeBytes <= SizeBytes &&
        startBytes - StartBytes <= SizeBytes - sizeBytes;

    // Clears [start, end) and returns where a mapping of it belongs.
    private int Displace(ulong start, ulong end, GpuVmMapping? made, List<GpuVmStep> steps)
    {
        int at = FirstEndingAfter(start);
        while (at < _mappings.Count && _mappings[at].StartBytes < end)
        {
            GpuVmMapping old = _mappings[at];
            GpuVmMapping? previous = old.StartBytes < start ? old.Part(old.StartBytes, start) : null;
            GpuVmMapping? next = old.EndBytes > end ? old.Part(end, old.EndBytes) : null;
            bool keeps = made is not null && ShowsSame(old, made);
            steps.Add(previous is null && next is null
                ? new GpuVmStep(GpuVmStepKind.Unmap, old, KeepsPages: keeps)
                : new GpuVmStep(GpuVmStepKind.Remap, old, previous, next, keeps));
            _mappings.RemoveAt(at);
            if (previous is not null)
            {
                Hold(old.Target);
                _mappings.Insert(at++, previous);
            }

            if (next is not null)
            {
                Hold(old.Target);
                _mappings.Insert(at, next);
            }

            Drop(old.Target);
            if (next is not null)
            {
                break;
            }
        }

        return at;
    }

    // The same bytes lie behind every address that both have.
    private static bool ShowsSame(GpuVmMapping old, GpuVmMapping made) =>
        ReferenceEquals(old.Target, made.Target) &&
        (made.Target is null || unchecked(old.OffsetBytes - old.StartBytes) == unchecked(made.OffsetBytes - made.StartBytes));

    private int FirstEndingAfter(ulong addressBytes)
    {
        int low = 0;
        int high = _mappings.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_mappings[middle].EndBytes <= addressBytes)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
