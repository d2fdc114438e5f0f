using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using GpuMm.Hosting.Machine;
using GpuMm.Hosting.Sessions;
using GpuMm.Objects;
using GpuMm.Paging;

namespace GpuMm.Hosting.State;

/// <summary>Writes the state of a moment as records from which it can be made again.</summary>
/// <remarks>
/// Who holds what is copied in one moment. Contents are read afterwards, object by object, while clients go on: whatever
/// they write meanwhile is in the next journal too, and writing the same bytes twice changes nothing.
/// </remarks>
internal sealed class StateSnapshot
{
    private const int ChunkBytes = 64 * 1024;

    private readonly SimulatedGpu _gpu;
    private static readonly MemoryDomain[] s_domains = [MemoryDomain.Vram, MemoryDomain.Gtt, MemoryDomain.System];
    private readonly IReadOnlyList<SessionImage> _sessions;
    private readonly (string Path, MemoryLimits[] Limits)[] _groups;
    private readonly int _lastId;
    private readonly ulong _lastUid;
    private readonly RecordBuilder _builder = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 17);

    /// <summary>Copies who holds what. Called while no client does anything; takes a reference to each object.</summary>
    public StateSnapshot(SimulatedGpu gpu, IReadOnlyList<GpuSession> sessions)
    {
        _gpu = gpu;
        _lastId = gpu.SessionTable.LastId;
        _lastUid = gpu.SessionTable.LastUid;
        _groups = [.. gpu.SessionTable.Groups.Snapshot().Select(static each => (each.Path, (MemoryLimits[])[.. s_domains.Select(each.Group.LimitsOf)]))];
        List<SessionImage> images = [];
        foreach (GpuSession session in sessions)
        {
            if (session.KeyHash is not null && !session.IsReleased)
            {
                SessionImage image = session.Image();
                foreach (HandleImage handle in image.Handles)
                {
                    handle.Tracked.Target.AddReference();
                }

                images.Add(image);
            }
        }

        _sessions = images;
    }

    /// <summary>Writes it, and gives the references back.</summary>
    public void Write(Stream stream)
    {
        try
        {
            Put(stream, _builder.Begin(RecordKind.Counters).Int(_lastId).ULong(_lastUid));
            HashSet<ulong> written = [];
            WriteGroups(stream);
            foreach (SessionImage image in _sessions)
            {
                if (image.Session.GroupPath is { } path)
                {
                    Put(stream, Records.InGroup(_builder, image.Session.Id, path));
                }

                Put(stream, Records.Opened(_builder, image.Session, image.Limits));
                foreach (MemoryDomain domain in s_domains)
                {
                    if (image.Session.DomainLimits(domain) is var limits && limits != new MemoryLimits())
                    {
                        Put(stream, Records.GroupLimited(_builder, image.Session.Id, domain, limits));
                    }
                }

                WriteHandles(stream, image, written);
                Put(stream, _builder.Begin(RecordKind.LastHandle).Int(image.Session.Id).UInt(image.LastHandle));
            }

            Put(stream, _builder.Begin(RecordKind.End));
            stream.Write(_buffer.WrittenSpan);
        }
        finally
        {
            foreach (SessionImage image in _sessions)
            {
                foreach (HandleImage handle in image.Handles)
                {
                    handle.Tracked.Target.Release();
                }
            }
        }
    }

    private void WriteGroups(Stream stream)
    {
        foreach ((string path, MemoryLimits[] limits) in _groups)
        {
            Put(stream, Records.GroupMade(_builder, path));
            for (int i = 0; i < s_domains.Length; i++)
            {
                if (limits[i] != new MemoryLimits())
                {
                    Put(stream, Records.NamedGroupLimited(_builder, path, s_domains[i], limits[i]));
                }
            }
        }
    }

    private void WriteHandles(Stream stream, SessionImage image, HashSet<ulong> written)
    {
        AddressSpace space = _gpu.Device.CreateAddressSpace();
        foreach (HandleImage handle in image.Handles)
        {
            if (handle.Tracked.Uid == 0)
            {
                continue; // Shared by a client inside the host, which ends with it.
            }

            bool isNew = written.Add(handle.Tracked.Uid);
            Put(stream, isNew
                ? Records.Created(_builder, image.Session.Id, handle.Handle, handle.Tracked)
                : Records.HandleOpened(_builder, image.Session.Id, handle.Handle, handle.Tracked));
            if (isNew)
            {
                WriteContents(stream, handle.Tracked, space);
                if (handle.SharedName is { } name)
                {
                    Put(stream, _builder.Begin(RecordKind.Shared).ULong(handle.Tracked.Uid).Text(name));
                }

                if (handle.IsPurgeable)
                {
                    Put(stream, _builder.Begin(RecordKind.Advised).ULong(handle.Tracked.Uid).Byte(0));
                }
            }

            if (handle.Address != 0)
            {
                Put(stream, Records.Mapped(_builder, image.Session.Id, handle.Handle, handle.Address, handle.Protection));
            }

            for (int i = 0; i < handle.Pins; i++)
            {
                Put(stream, Records.Pinned(_builder, image.Session.Id, handle.Handle, handle.PinnedIn));
            }
        }
    }

    // Where it lies, without moving it or giving it pages that it does not have.
    private void WriteContents(Stream stream, TrackedObject tracked, AddressSpace space)
    {
        BufferObject target = tracked.Target;
        if (target.Window.PageCount == 0 || IsUntouched(target))
        {
            return;
        }

        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        VmArea area = target.Map(space, VmProtection.Read);
        try
        {
            for (ulong offset = 0; offset < target.SizeBytes; offset += ChunkBytes)
            {
                Span<byte> bytes = chunk.AsSpan(0, (int)Math.Min(ChunkBytes, target.SizeBytes - offset));
                if (space.AccessRemote(area.StartAddress + offset, bytes, AccessKind.Read) != MmStatus.Ok)
                {
                    throw new StateException($"Object {target.Id} ('{target.Name}') of device {_gpu.Name} cannot be read for the snapshot.");
                }

                if (bytes.ContainsAnyExcept((byte)0))
                {
                    Put(stream, Records.Wrote(_builder, tracked.Uid, offset, bytes));
                }
            }
        }
        finally
        {
            space.Unmap(area);
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static bool IsUntouched(BufferObject target)
    {
        target.Reservation.Lock();
        bool isUntouched = target.Resource is null || target.IsLost ||
            (target.Resource.Manager.UsesPages && !target.IsSwapped && target.FrameAt(0, out ulong runPages) == default && runPages == 0);
        target.Reservation.Unlock();
        return isUntouched;
    }

    private void Put(Stream stream, RecordBuilder record)
    {
        record.AppendTo(_buffer);
        if (_buffer.WrittenCount >= 1 << 20)
        {
            stream.Write(_buffer.WrittenSpan);
            _buffer.ResetWrittenCount();
        }
    }
}
