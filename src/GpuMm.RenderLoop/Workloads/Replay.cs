using System;
using System.Collections.Generic;
using GpuMm.Objects;
using GpuMm.Paging;
using GpuMm.Primitives;
using GpuMm.Simulation;
using GpuMm.Traces.Model;

namespace GpuMm.RenderLoop.Workloads;

/// <summary>
/// Does the requests of a recording again: creates, uses, CPU accesses, advice, pins; what the recorded manager decided is
/// left to this one. Frames keep the recording's pace unless memory holds them up.
/// </summary>
internal sealed class Replay : IWorkload, IDisposable
{
    private const long FrameNs = 16_666_667;

    private readonly ITraceReader _reader;
    private readonly FrameBoundary _boundary;
    private readonly AddressSpace _space;
    private readonly NameTable _names;
    private readonly TraceEvent[] _batch = new TraceEvent[1024];
    private readonly byte[] _chunk = new byte[64 << 10];
    private readonly Dictionary<ulong, (BufferObject Target, VmArea? Area)> _objects = [];
    private readonly Dictionary<ulong, int> _useIndex = [];
    private TextureUse[] _uses = new TextureUse[256];
    private int _useCount;
    private int _next;
    private int _count;
    private long _firstNs = -1;
    private long _baseNs;
    private long _replayed;
    private long _skipped;

    public Replay(Recording recording, AddressSpace space, NameTable names)
    {
        _reader = recording.Open();
        _boundary = recording.Facts.Boundary;
        _space = space;
        _names = names;
    }

    public IReadOnlyList<GameClient> Clients { get; } = [];

    public bool IsOver => _next == _count && !Fill();

    public void Dispose() => _reader.Dispose();

    public void DrawFrame(FrameLoop loop)
    {
        loop.Begin();
        _useCount = 0;
        _useIndex.Clear();
        _baseNs = 0;
        long frameEndNs = (loop.Frame + 1) * FrameNs;
        bool isOpen = true;
        while (isOpen && !IsOver)
        {
            ref readonly TraceEvent each = ref _batch[_next];
            _firstNs = _firstNs < 0 ? each.TimeNs : _firstNs;
            long atNs = each.TimeNs - _firstNs;
            if (_boundary == FrameBoundary.Time && atNs >= frameEndNs)
            {
                break;
            }

            _next++;
            isOpen = !(_boundary == FrameBoundary.FrameMark && each.Kind == TraceKind.Frame) && !(_boundary == FrameBoundary.Job && each.Kind == TraceKind.Submit);
            Do(each, loop);
            if (!isOpen && atNs > loop.Now.Nanoseconds)
            {
                loop.Driver.Work(atNs - loop.Now.Nanoseconds);
            }
        }

        // What stands behind the last frame or job belongs to none: a program that reads everything back, or cleans up.
        bool isFrame = !isOpen || _boundary == FrameBoundary.Time;
        loop.Present(_uses.AsSpan(0, _useCount), _baseNs > 0 ? _baseNs : loop.FrameGpuNs, isCounted: isFrame);
    }

    public WorkloadFindings? Findings(FrameLoop loop) => new() { EventsReplayed = _replayed, EventsSkipped = _skipped };

    private void Do(in TraceEvent each, FrameLoop loop)
    {
        bool isDone = each.Kind switch
        {
            TraceKind.Create => Create(each, loop),
            TraceKind.Destroy => Destroy(each.ObjectId),
            TraceKind.Use => Use(each),
            TraceKind.CpuAccess => Access(each, loop),
            TraceKind.Advise => Advise(each),
            TraceKind.Submit => Job(each),
            TraceKind.Frame => true,
            _ => false, // Decisions and measurements of the recorded manager; remarks.
        };
        _replayed += isDone ? 1 : 0;
        _skipped += isDone ? 0 : 1;
    }

    private bool Create(in TraceEvent each, FrameLoop loop)
    {
        if (each.SizeBytes == 0 || _objects.ContainsKey(each.ObjectId))
        {
            return false;
        }

        OperationContext context = default;
        string name = each.Name ?? FormattableString.Invariant($"object {each.ObjectId}");
        MmStatus status = loop.Device.TryCreate(new BufferObjectDescription(each.SizeBytes, name), Placement.System, ref context, out BufferObject? made);
        if (status != MmStatus.Ok)
        {
            throw new DemoFailedException($"{name}: creating it ({ByteSize.Format(each.SizeBytes)}) answered {status}.");
        }

        _objects.Add(each.ObjectId, (made!, null));
        _names.Set(made!.Id, name);
        if (_boundary == FrameBoundary.Time)
        {
            AddUse(each.ObjectId, made.SizeBytes);
        }

        return true;
    }

    private bool Destroy(ulong id)
    {
        if (!_objects.Remove(id, out (BufferObject Target, VmArea? Area) gone))
        {
            return false;
        }

        // It may still be in this frame's list.
        if (_useIndex.Remove(id, out int index))
        {
            _useCount--;
            if (index != _useCount)
            {
                _uses[index] = _uses[_useCount];
                foreach ((ulong other, int at) in _useIndex)
                {
                    if (at == _useCount)
                    {
                        _useIndex[other] = index;
                        break;
                    }
                }
            }
        }

        if (gone.Area is not null)
        {
            _space.Unmap(gone.Area);
        }

        gone.Target.Release();
        return true;
    }

    private bool Use(in TraceEvent each)
    {
        if (!_objects.ContainsKey(each.ObjectId))
        {
            return false;
        }

        AddUse(each.ObjectId, each.SizeBytes);
        return true;
    }

    private void AddUse(ulong id, ulong readBytes)
    {
        if (_useIndex.TryGetValue(id, out int index))
        {
            _uses[index] = _uses[index] with { ReadBytes = _uses[index].ReadBytes + readBytes };
            return;
        }

        if (_useCount == _uses.Length)
        {
            Array.Resize(ref _uses, _uses.Length * 2);
        }

        _useIndex.Add(id, _useCount);
        _uses[_useCount++] = new TextureUse(_objects[id].Target, readBytes);
    }

    private bool Access(in TraceEvent each, FrameLoop loop)
    {
        if (!_objects.TryGetValue(each.ObjectId, out (BufferObject Target, VmArea? Area) found) ||
            each.OffsetBytes >= found.Target.SizeBytes)
        {
            return false;
        }

        VmArea area = found.Area ?? found.Target.Map(_space);
        _objects[each.ObjectId] = (found.Target, area);
        loop.Driver.CurrentObject = found.Target.Id;
        ulong left = Math.Min(each.SizeBytes, found.Target.SizeBytes - each.OffsetBytes);
        ulong address = area.StartAddress + each.OffsetBytes;
        while (left > 0)
        {
            int count = (int)Math.Min(left, (ulong)_chunk.Length);
            MmStatus status = (each.Flags & TraceFlags.Write) != 0
                ? _space.Write(address, _chunk.AsSpan(0, count))
                : _space.Read(address, _chunk.AsSpan(0, count));
            if (status != MmStatus.Ok)
            {
                throw new DemoFailedException($"{found.Target.Name}: touching it answered {status}.");
            }

            address += (ulong)count;
            left -= (ulong)count;
        }

        loop.Driver.CurrentObject = 0;
        return true;
    }

    private bool Advise(in TraceEvent each)
    {
        if (!_objects.TryGetValue(each.ObjectId, out (BufferObject Target, VmArea? Area) found))
        {
            return false;
        }

        found.Target.Reserve();
        found.Target.Advise((each.Flags & TraceFlags.Purgeable) != 0 ? MemoryAdvice.DontNeed : MemoryAdvice.WillNeed);
        found.Target.Reservation.Unlock();
        return true;
    }

    private bool Job(in TraceEvent each)
    {
        _baseNs += (long)Math.Min(each.SizeBytes, 10_000_000_000);
        return true;
    }

    private bool Fill()
    {
        _next = 0;
        _count = _reader.Read(_batch);
        return _count > 0;
    }
}
