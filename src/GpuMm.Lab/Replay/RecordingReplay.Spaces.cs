using System;
using System.Collections.Generic;
using GpuMm.Diagnostics;
using GpuMm.Fences;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Traces.Model;

namespace GpuMm.Lab.Replay;

/// <content>Address spaces of programs, and what the CPU does there.</content>
public sealed partial class RecordingReplay
{
    private const ulong MaxAccessBytes = 1 << 30;

    private readonly Dictionary<ulong, AddressSpace> _spaces = []; // 0: the one of recordings that tell no number
    private readonly Dictionary<(ulong ObjectId, ulong Address), VmArea> _areas = []; // Of such recordings alone
    private readonly Dictionary<ulong, VmArea> _areaOf = []; // Likewise
    private byte[] _bytes = new byte[1 << 16]; // Of an access that several events tell
    private int _byteCount;
    private ulong _firstAddress;

    private AddressSpace SpaceOf(ulong number)
    {
        if (!_spaces.TryGetValue(number, out AddressSpace? space))
        {
            space = _device.CreateAddressSpace();
            _spaces.Add(number, space);
        }

        return space;
    }

    private bool ChangeSpace(in TraceEvent e)
    {
        if (e.DeviceKind is DeviceEventKind.MappingCreated or DeviceEventKind.MappingRemoved)
        {
            return e.RelatedId == 0 ? (e.DeviceKind == DeviceEventKind.MappingCreated ? MapAsBefore(e) : UnmapAsBefore(e)) : e.Count == 1 && Map(e);
        }

        AdvanceToStart();
        switch (e.DeviceKind)
        {
            case DeviceEventKind.SpaceOpened:
                bool isKnownSize = e.SizeBytes is 1 << 12 or 1 << 14 or 1 << 16;
                _spaces[e.RelatedId] = _device.CreateAddressSpace(new AddressSpaceOptions
                {
                    BasePageBytes = isKnownSize ? e.SizeBytes : 1 << 12,
                    UsesHugePages = e.Detail != 0 && e.SizeBytes == 1 << 12,
                });
                break;
            case DeviceEventKind.RangeUnmapped:
                Compare(SpaceOf(e.RelatedId).Unmap(e.OffsetBytes, e.SizeBytes), MmStatus.Ok);
                break;
            case DeviceEventKind.RangeProtected:
                Compare(SpaceOf(e.RelatedId).Protect(e.OffsetBytes, e.SizeBytes, (VmProtection)e.Detail), MmStatus.Ok);
                break;
            case DeviceEventKind.FilePagesRemapped:
                Compare(SpaceOf(e.RelatedId).RemapFilePages(e.OffsetBytes, e.SizeBytes, e.Detail), MmStatus.Ok);
                break;
            default:
                SpaceOf(e.RelatedId).CountUsedPages(e.OffsetBytes, e.SizeBytes, isClearing: true, out _);
                break;
        }

        return true;
    }

    private bool Map(in TraceEvent e)
    {
        if (!_objects.TryGetValue(e.ObjectId, out BufferObject? target) || target.Window.PageCount == 0)
        {
            return Skip(e);
        }

        AdvanceToStart();
        VmAreaDescription description = new(target.Window, (VmProtection)e.Detail, target) { FixedAddress = e.OffsetBytes };
        Compare(SpaceOf(e.RelatedId).TryMap(_device.Mapping, _device.VmOperations, description, out _), MmStatus.Ok);
        return true;
    }

    private bool MapAsBefore(in TraceEvent e)
    {
        if (_objects.TryGetValue(e.ObjectId, out BufferObject? target) && target.Window.PageCount != 0)
        {
            AdvanceToStart();
            VmArea area = target.Map(SpaceOf(0));
            _areas[(e.ObjectId, e.OffsetBytes)] = area;
            _areaOf[e.ObjectId] = area;
        }

        return true;
    }

    private bool UnmapAsBefore(in TraceEvent e)
    {
        if (_areas.Remove((e.ObjectId, e.OffsetBytes), out VmArea? area))
        {
            AdvanceToStart();
            if (_areaOf.TryGetValue(e.ObjectId, out VmArea? latest) && ReferenceEquals(latest, area))
            {
                _areaOf.Remove(e.ObjectId);
            }

            SpaceOf(0).Unmap(area);
        }

        return true;
    }

    private bool Access(in TraceEvent e)
    {
        const ulong GoesOn = 2;
        if (e.DeviceKind == DeviceEventKind.AccessFaulted)
        {
            AdvanceToStart();
            Compare(Fault(SpaceOf((ulong)e.Count), e), e.Status);
            return true;
        }

        if (e.SizeBytes > MaxAccessBytes - (ulong)_byteCount)
        {
            _byteCount = 0;
            return Skip(e);
        }

        ulong address = e.RelatedId;
        if (e.Count == 0)
        {
            if (!_areaOf.TryGetValue(e.ObjectId, out VmArea? area) || e.OffsetBytes > area.SizeBytes - Math.Min(e.SizeBytes, area.SizeBytes))
            {
                return true;
            }

            address = area.StartAddress + e.OffsetBytes;
        }

        _firstAddress = _byteCount == 0 ? address : _firstAddress;
        Gather(e);
        if (e.Count != 0 && (e.Detail & GoesOn) != 0)
        {
            return false;
        }

        AdvanceToStart();
        Span<byte> bytes = _bytes.AsSpan(0, _byteCount);
        _byteCount = 0;
        AddressSpace space = SpaceOf((ulong)e.Count);
        bool isWrite = (e.Flags & TraceFlags.Write) != 0;
        Compare(
            e.DeviceKind == DeviceEventKind.RemoteAccess ? space.AccessRemote(_firstAddress, bytes, isWrite ? AccessKind.Write : AccessKind.Read)
            : isWrite ? space.Write(_firstAddress, bytes, Signal(e.Status))
            : space.Read(_firstAddress, bytes, Signal(e.Status)),
            e.Status);
        return true;
    }

    // The bytes of one event behind those of the same access that came before.
    private void Gather(in TraceEvent e)
    {
        int length = (int)e.SizeBytes;
        if (_bytes.Length < _byteCount + length)
        {
            Array.Resize(ref _bytes, Math.Max(_byteCount + length, _bytes.Length * 2));
        }

        Span<byte> bytes = _bytes.AsSpan(_byteCount, length);
        _byteCount += length;
        if (e.Contents is { } contents && contents.Length == length)
        {
            contents.CopyTo(bytes);
        }
        else if ((e.Flags & TraceFlags.Write) != 0)
        {
            bytes.Clear();
            WritesWithoutBytes++;
        }
    }

    private MmStatus Fault(AddressSpace space, in TraceEvent e)
    {
        const ulong MayNotWait = 2;
        AccessKind kind = (e.Flags & TraceFlags.Write) != 0 || (e.Detail & 1) != 0 ? AccessKind.Write : AccessKind.Read;
        if ((e.Detail & MayNotWait) != 0)
        {
            return space.TryFault(e.RelatedId, kind);
        }

        Span<byte> one = [0];
        WaitInterrupt? interrupt = Signal(e.Status);
        return kind == AccessKind.Write ? space.Write(e.RelatedId, one, interrupt) : space.Read(e.RelatedId, one, interrupt);
    }

    // As the access had it. One that was raised ends what waits on the way, for instance the search for room, also when the access
    // itself goes well.
    private WaitInterrupt? Signal(MmStatus status) =>
        _isSignaled || status == MmStatus.Interrupted ? _raised : _mayBreakOff ? _quiet : null;
}
