using System;
using System.Collections.Generic;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>What each memory token says in our words.</summary>
internal sealed class RmvTokens(ObjectNames names, PyTorchEvents.Sink emit)
{
    private const int PageShift = 12;

    private static readonly string[] s_types =
    [
        "image", "buffer", "gpu event", "border colours", "indirect commands", "motion estimator", "performance experiment",
        "query heap", "video decoder", "video encoder", "timestamp", "heap", "pipeline", "descriptor heap", "descriptor pool",
        "command allocator", "internal",
    ];

    private readonly SortedSet<ulong> _starts = []; // First bytes of live allocations: references may point inside.
    private readonly Dictionary<uint, Bound> _resources = [];
    private ulong _localEnd;

    public void AddSegment(int type, ulong first, ulong size)
    {
        if (type is 0 or 1)
        {
            _localEnd = Math.Max(_localEnd, unchecked(first + size));
        }
    }

    public void Apply(RmtStream token)
    {
        TraceEvent e = new() { TimeNs = token.TimeNs };
        switch (token.Type)
        {
            case 12:
                Allocate(token, e);
                break;
            case 11:
                Free(token, e);
                break;
            case 13:
                Create(token);
                break;
            case 7:
                Bind(token, e);
                break;
            case 15:
                Destroy(token, e);
                break;
            case 6 or 10:
                Touch(token, e);
                break;
            case 3:
                MapPages(token, e);
                break;
            case 5:
                Misc((int)token.Bits(8, 4), e);
                break;
            case 4:
                Mark(token, e);
                break;
            case 8:
                emit(e with { Kind = TraceKind.Marker, ClientId = (int)(token.Bits(8, 32) & int.MaxValue), Name = token.Bits(40, 8) == 0 ? "process starts" : "process ends" });
                break;
        }
    }

    private void Allocate(RmtStream token, in TraceEvent e)
    {
        ulong size = (token.Bits(8, 24) + 1) << PageShift;
        ulong address = token.Bits(34, 48);
        if (names.TryEnd(address, out ObjectNames.LiveObject stale))
        {
            emit(e with { Kind = TraceKind.Destroy, ObjectId = stale.Id, SizeBytes = stale.SizeBytes, Flags = TraceFlags.Inferred });
        }

        ulong id = names.Begin(address, size, token.Offset);
        _starts.Add(address);
        bool counts = token.MinorVersion >= 6;
        int valid = counts ? (int)token.Bits(90, 3) : 4;
        MemoryDomain first = Heap((int)token.Bits(82, 2));
        MemoryDomain second = valid > 1 ? Heap((int)token.Bits(84, 2)) : first;
        emit(e with
        {
            Kind = TraceKind.Create,
            ObjectId = id,
            SizeBytes = size,
            OffsetBytes = address,
            To = counts && valid == 0 ? MemoryDomain.Gtt : first,
            From = counts && valid == 0 ? MemoryDomain.Gtt : second,
            Name = token.Bits(32, 2) switch { 0 => "application", 1 => "PAL", 2 => "driver", _ => "kernel" },
        });
    }

    private void Free(RmtStream token, in TraceEvent e)
    {
        ulong address = token.Bits(8, 48);
        if (names.TryEnd(address, out ObjectNames.LiveObject gone))
        {
            _starts.Remove(address);
            emit(e with { Kind = TraceKind.Destroy, ObjectId = gone.Id, SizeBytes = gone.SizeBytes });
        }
    }

    private void Create(RmtStream token)
    {
        if (_resources.Count < ObjectNames.MaxLive)
        {
            _resources[(uint)token.Bits(8, 32)] = new Bound((int)token.Bits(48, 6), 0, 0);
        }
    }

    private void Bind(RmtStream token, in TraceEvent e)
    {
        uint handle = (uint)token.Bits(104, 32);
        ulong address = token.Bits(8, 48);
        ulong size = token.Bits(56, 44);
        int type = _resources.TryGetValue(handle, out Bound known) ? known.Type : int.MaxValue;
        bool isFound = TryFind(address, out ObjectNames.LiveObject parent, out ulong start);
        ulong id = known.Id != 0 ? known.Id : names.NextId();
        _resources[handle] = new Bound(type, id, isFound ? parent.Id : 0);
        emit(e with
        {
            Kind = TraceKind.Bind,
            ObjectId = id,
            RelatedId = isFound ? parent.Id : 0,
            OffsetBytes = isFound ? address - start : address,
            SizeBytes = size,
            To = token.Bits(100, 1) == 1 ? MemoryDomain.Gtt : MemoryDomain.Vram,
            Name = type < s_types.Length ? s_types[type] : "resource",
        });
    }

    private void Destroy(RmtStream token, in TraceEvent e)
    {
        if (_resources.Remove((uint)token.Bits(8, 32), out Bound gone) && gone.Id != 0)
        {
            emit(e with { Kind = TraceKind.Unbind, ObjectId = gone.Id, RelatedId = gone.ParentId });
        }
    }

    private void Touch(RmtStream token, in TraceEvent e)
    {
        bool isMap = token.Type == 10;
        ulong address = token.Bits(isMap ? 8 : 9, 48);
        if (!TryFind(address, out ObjectNames.LiveObject found, out _))
        {
            return;
        }

        bool ends = token.Bits(isMap ? 56 : 8, 1) == 1;
        TraceEvent touch = e with { ObjectId = found.Id, SizeBytes = found.SizeBytes };
        emit(isMap ? touch with { Kind = ends ? TraceKind.Unmap : TraceKind.Map }
            : ends ? touch with { Kind = TraceKind.Advise, Flags = TraceFlags.Inferred, Name = "no longer referenced" }
            : touch with { Kind = TraceKind.Use, Flags = TraceFlags.Inferred });
    }

    private void MapPages(RmtStream token, in TraceEvent e)
    {
        ulong address = token.Bits(8, 36) << PageShift;
        ulong physical = token.Bits(44, 36) << PageShift;
        int shift = token.Bits(100, 3) switch { 2 => 16, 3 => 18, 4 => 20, 5 => 21, _ => PageShift };
        bool unmaps = token.Bits(103, 1) == 1;
        bool transfers = token.Bits(136, 2) == 2;
        bool isFound = TryFind(address, out ObjectNames.LiveObject found, out ulong start);
        emit(e with
        {
            Kind = unmaps ? TraceKind.GpuUnmap : transfers ? TraceKind.Move : TraceKind.GpuMap,
            ObjectId = isFound ? found.Id : 0,
            OffsetBytes = isFound ? address - start : address,
            SizeBytes = token.Bits(80, 20) << shift,
            ClientId = (int)(token.Bits(104, 32) & int.MaxValue),
            To = physical == 0 || physical >= _localEnd ? MemoryDomain.Gtt : MemoryDomain.Vram,
            RelatedId = physical,
        });
    }

    private void Misc(int what, in TraceEvent e)
    {
        emit(what switch
        {
            0 => e with { Kind = TraceKind.Submit, Name = "graphics" },
            1 => e with { Kind = TraceKind.Submit, OffsetBytes = 1, Name = "compute" },
            2 => e with { Kind = TraceKind.Submit, OffsetBytes = 2, Name = "copy" },
            3 => e with { Kind = TraceKind.Frame },
            4 => e with { Kind = TraceKind.Marker, Name = "invalidate" },
            5 => e with { Kind = TraceKind.Marker, Name = "flush" },
            6 => e with { Kind = TraceKind.Marker, Name = "trim" },
            _ => e with { Kind = TraceKind.Marker, Name = "other" },
        });
    }

    private void Mark(RmtStream token, in TraceEvent e)
    {
        // Behind a name stand the number of the resource, and in its second form a delay.
        ulong kind = token.Bits(8, 4);
        int numberBytes = kind switch { 0 => 4, 1 => 0, 6 => 12, _ => -1 };
        if (numberBytes >= 0 && token.Token.Length > 4 + numberBytes)
        {
            ReadOnlySpan<byte> text = token.Token[4..^numberBytes];
            int end = text.IndexOf((byte)0);
            emit(e with { Kind = TraceKind.Marker, Name = (kind == 1 ? "snapshot " : "name ") + Fields.Text(end < 0 ? text : text[..end]) });
        }
    }

    // The allocation that holds an address.
    private bool TryFind(ulong address, out ObjectNames.LiveObject found, out ulong start)
    {
        found = default;
        start = _starts.GetViewBetween(0, address).Max;
        return names.TryFind(start, out found) && address - start < found.SizeBytes;
    }

    private static MemoryDomain Heap(int heap) => heap is 0 or 1 ? MemoryDomain.Vram : MemoryDomain.Gtt;

    private readonly record struct Bound(int Type, ulong Id, ulong ParentId);
}
