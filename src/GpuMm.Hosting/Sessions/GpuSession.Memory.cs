using System;
using System.Globalization;
using GpuMm.Hosting.Diagnostics;
using GpuMm.Objects;
using GpuMm.Paging;

namespace GpuMm.Hosting.Sessions;

/// <content>What the client's CPU sees: mappings, and reads and writes that fault until they find the right page.</content>
public sealed partial class GpuSession
{
    /// <summary>Maps an object into the client's address space.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="protection">What to allow.</param>
    /// <param name="address">First byte; 0 on failure.</param>
    public SessionError? Map(uint handle, VmProtection protection, out ulong address)
    {
        address = 0;
        lock (_gate)
        {
            if (!TryEntry(handle, out HandleEntry entry, out SessionError? error))
            {
                return error;
            }

            if (entry.Area is { } area)
            {
                return new SessionError(SessionErrorKind.Conflict, string.Create(CultureInfo.InvariantCulture, $"Handle {handle} is mapped at 0x{area.StartAddress:x}; unmap it first."));
            }

            error = MapEntry(entry, protection, fixedAddress: null);
            address = entry.Area?.StartAddress ?? 0;
            return error;
        }
    }

    /// <summary>Takes the mapping of an object away.</summary>
    /// <param name="handle">The handle.</param>
    public SessionError? Unmap(uint handle)
    {
        lock (_gate)
        {
            if (!TryEntry(handle, out HandleEntry entry, out SessionError? error))
            {
                return error;
            }

            if (entry.Area is not { } area)
            {
                return new SessionError(SessionErrorKind.Conflict, $"Handle {handle} is not mapped.");
            }

            _space.Unmap(area);
            entry.Area = null;
            _gpu.Journal?.Unmapped(this, handle);
            return null;
        }
    }

    /// <summary>Reads by address, as a program does: through page table and fault handler.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="into">Receives the bytes.</param>
    public SessionError? Read(ulong address, Span<byte> into)
    {
        lock (_gate)
        {
            if (_isReleased)
            {
                return SessionError.Released;
            }

            _gpu.Driver.Pump();
            using GpuSpan? span = GpuSpan.Begin(GpuMmDiagnostics.AccessActivity, _gpu, Id, isLazy: true);
            span?.Bytes = into.Length;
            MmStatus status = _space.Read(address, into);
            if (status != MmStatus.Ok)
            {
                return SessionError.From(status, string.Create(CultureInfo.InvariantCulture, $"Reading {into.Length} bytes at 0x{address:x}"));
            }

            Used(address, into.Length, isWrite: false);
            return null;
        }
    }

    /// <summary>Writes by address, within one mapping.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="from">The bytes.</param>
    public SessionError? Write(ulong address, ReadOnlySpan<byte> from)
    {
        lock (_gate)
        {
            if (_isReleased)
            {
                return SessionError.Released;
            }

            if (EntryAt(address) is not { } entry || (ulong)from.Length > entry.Area!.EndAddress - address)
            {
                return SessionError.From(MmStatus.AccessViolation, string.Create(CultureInfo.InvariantCulture, $"Writing {from.Length} bytes at 0x{address:x}"));
            }

            return WriteMapped(entry, address - entry.Area.StartAddress, from);
        }
    }

    /// <summary>Reads from an object through its mapping, which is made if there is none.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="offsetBytes">First byte.</param>
    /// <param name="into">Receives the bytes.</param>
    public SessionError? ReadObject(uint handle, ulong offsetBytes, Span<byte> into)
    {
        lock (_gate)
        {
            SessionError? error = TryMappedRange(handle, offsetBytes, (ulong)into.Length, VmProtection.Read, out HandleEntry? entry);
            if (error is not null)
            {
                return error;
            }

            return Read(entry!.Area!.StartAddress + offsetBytes, into);
        }
    }

    /// <summary>Writes into an object through its mapping, which is made if there is none.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="offsetBytes">First byte.</param>
    /// <param name="from">The bytes.</param>
    public SessionError? WriteObject(uint handle, ulong offsetBytes, ReadOnlySpan<byte> from)
    {
        lock (_gate)
        {
            SessionError? error = TryMappedRange(handle, offsetBytes, (ulong)from.Length, VmProtection.ReadWrite, out HandleEntry? entry);
            return error ?? WriteMapped(entry!, offsetBytes, from);
        }
    }

    private SessionError? WriteMapped(HandleEntry entry, ulong offsetBytes, ReadOnlySpan<byte> from)
    {
        _gpu.Driver.Pump();
        ulong address = entry.Area!.StartAddress + offsetBytes;

        // Writes of several clients into one object are written down in the order in which they were done.
        lock (entry.Tracked.WriteOrder)
        {
            using GpuSpan? span = GpuSpan.Begin(GpuMmDiagnostics.AccessActivity, _gpu, Id, isLazy: true);
            span?.Bytes = from.Length;
            MmStatus status = _space.Write(address, from);
            if (status != MmStatus.Ok)
            {
                return SessionError.From(status, string.Create(CultureInfo.InvariantCulture, $"Writing {from.Length} bytes at 0x{address:x}"));
            }

            _gpu.Journal?.Wrote(entry.Tracked, offsetBytes, from);
        }

        entry.Tracked.LastUsedNs = _gpu.Driver.ClockNs;
        _gpu.Activity.CountCpu(from.Length, isWrite: true);
        return null;
    }

    private SessionError? TryMappedRange(uint handle, ulong offsetBytes, ulong length, VmProtection protection, out HandleEntry? entry)
    {
        if (!TryEntry(handle, out entry!, out SessionError? error))
        {
            return error;
        }

        ulong size = entry.Tracked.Target.SizeBytes;
        if (length > size || offsetBytes > size - length)
        {
            return new SessionError(SessionErrorKind.Invalid, $"Bytes {offsetBytes} to {(UInt128)offsetBytes + length} lie outside the object of handle {handle}, which has {size}.");
        }

        return entry.Area is null ? MapEntry(entry, VmProtection.ReadWrite, fixedAddress: null)
            : (entry.Protection & protection) != protection ? SessionError.From(MmStatus.AccessViolation, $"Using handle {handle} with {protection}")
            : null;
    }

    private SessionError? MapEntry(HandleEntry entry, VmProtection protection, ulong? fixedAddress)
    {
        if (protection is VmProtection.None or > VmProtection.ReadWrite)
        {
            return new SessionError(SessionErrorKind.Invalid, "A mapping allows read, write or both.");
        }

        BufferObject target = entry.Tracked.Target;
        if (target.Kind == BufferObjectKind.Kernel)
        {
            return new SessionError(SessionErrorKind.Conflict, $"Handle {entry.Handle} is a kernel object and cannot be mapped; create it with kind device.");
        }

        entry.Area = target.Map(_space, protection, fixedAddress);
        entry.Protection = protection;
        _gpu.Journal?.Mapped(this, entry.Handle, entry.Area.StartAddress, protection);
        return null;
    }

    // Cost: O(handles), for lists of mappings are short where addresses are used.
    private HandleEntry? EntryAt(ulong address)
    {
        VmArea? area = _space.FindArea(address);
        if (area is null)
        {
            return null;
        }

        foreach (HandleEntry entry in _handles.Values)
        {
            if (ReferenceEquals(entry.Area, area))
            {
                return entry;
            }
        }

        return null;
    }

    private void Used(ulong address, int length, bool isWrite)
    {
        if (_space.FindArea(address)?.PrivateData is BufferObject target && _gpu.Objects.Find(target.Id) is { } tracked)
        {
            tracked.LastUsedNs = _gpu.Driver.ClockNs;
        }

        _gpu.Activity.CountCpu(length, isWrite);
    }
}
