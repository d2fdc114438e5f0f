using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>What one event of PyTorch's caching allocator says in our words.</summary>
/// <remarks>
/// The allocator sees no reads and writes, so one use is inferred at each allocation and one at each free. A block that was
/// alive before the recording began shows at its free: its beginning is inferred there.
/// </remarks>
internal sealed class PyTorchEvents(string file)
{
    public const string AccessProperty = "accesses";
    public const string AccessNote = "inferred: one at each allocation and one at each free; the source records none";

    private readonly ObjectNames _names = new(file);
    private long _startUs = -1;
    private ulong _segmentBytes;

    public delegate void Sink(in TraceEvent e);

    public void Apply(in Row row, long offset, Sink emit)
    {
        if (_startUs < 0)
        {
            _startUs = row.TimeUs;
        }

        long time = (row.TimeUs - _startUs) * 1000;
        TraceEvent e = new()
        {
            TimeNs = time,
            SizeBytes = row.SizeBytes,
            OffsetBytes = row.Address,
            ClientId = (int)(row.Stream & 0xFFFF),
            To = MemoryDomain.Vram,
        };
        switch (row.Action)
        {
            case "alloc":
                EndStale(row.Address, e, emit);
                ulong id = _names.Begin(row.Address, row.SizeBytes, offset);
                emit(e with { Kind = TraceKind.Create, ObjectId = id, Name = row.Name });
                emit(e with { Kind = TraceKind.Use, ObjectId = id, Flags = TraceFlags.Inferred | TraceFlags.Write, OffsetBytes = 0 });
                break;
            case "free_requested":
                Free(e, row, offset, emit);
                break;
            case "free_completed":
                if (_names.TryEnd(row.Address, out ObjectNames.LiveObject gone))
                {
                    emit(e with { Kind = TraceKind.Destroy, ObjectId = gone.Id, SizeBytes = gone.SizeBytes });
                }

                break;
            case "segment_alloc" or "segment_map":
                _segmentBytes = unchecked(_segmentBytes + row.SizeBytes);
                emit(e with { Kind = TraceKind.Usage, SizeBytes = _segmentBytes, OffsetBytes = 0, Name = "segments" });
                break;
            case "segment_free" or "segment_unmap":
                _segmentBytes = _segmentBytes > row.SizeBytes ? _segmentBytes - row.SizeBytes : 0;
                emit(e with { Kind = TraceKind.Usage, SizeBytes = _segmentBytes, OffsetBytes = 0, Name = "segments" });
                break;
            case "oom":
                emit(e with { Kind = TraceKind.OutOfMemory, Flags = TraceFlags.Failed });
                break;
            default:
                emit(e with { Kind = TraceKind.Marker, Name = row.Action });
                break;
        }
    }

    /// <summary>A block that lives before the first event and is known from elsewhere.</summary>
    public void Preexisting(ulong address, ulong sizeBytes, ulong stream, Sink emit)
    {
        if (!_names.TryFind(address, out _))
        {
            ulong id = _names.Begin(address, sizeBytes, 0);
            emit(new TraceEvent
            {
                Kind = TraceKind.Create,
                ObjectId = id,
                SizeBytes = sizeBytes,
                OffsetBytes = address,
                ClientId = (int)(stream & 0xFFFF),
                To = MemoryDomain.Vram,
                Flags = TraceFlags.Inferred,
            });
        }
    }

    // The last use is when the free is asked for; the memory goes when the stream has come that far.
    private void Free(in TraceEvent e, in Row row, long offset, Sink emit)
    {
        if (!_names.TryFind(row.Address, out ObjectNames.LiveObject found))
        {
            ulong id = _names.Begin(row.Address, row.SizeBytes, offset);
            _names.TryFind(row.Address, out found);
            emit(e with { Kind = TraceKind.Create, ObjectId = id, Flags = TraceFlags.Inferred });
        }

        emit(e with { Kind = TraceKind.Use, ObjectId = found.Id, SizeBytes = found.SizeBytes, Flags = TraceFlags.Inferred, OffsetBytes = 0 });
    }

    // An address handed out again without a free_completed: the recording lost it.
    private void EndStale(ulong address, in TraceEvent e, Sink emit)
    {
        if (_names.TryEnd(address, out ObjectNames.LiveObject stale))
        {
            emit(e with { Kind = TraceKind.Destroy, ObjectId = stale.Id, SizeBytes = stale.SizeBytes, Flags = TraceFlags.Inferred });
        }
    }

    internal readonly record struct Row(long TimeUs, string Action, ulong Address, ulong SizeBytes, ulong Stream, string? Name);
}
