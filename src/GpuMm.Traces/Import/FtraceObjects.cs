using System.Collections.Generic;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>The objects of a kernel trace: named by hashed pointers, often older than the recording.</summary>
internal sealed class FtraceObjects(ObjectNames names, PyTorchEvents.Sink emit)
{
    private readonly Dictionary<ulong, MemoryDomain> _domains = [];

    public void Emit(in TraceEvent e) => emit(e);

    /// <summary>A new object; one that the pointer named before has gone.</summary>
    public void Create(in TraceEvent e, ulong pointer, ulong sizeBytes, MemoryDomain to, MemoryDomain second, long offset)
    {
        Destroy(e, pointer, TraceFlags.Inferred);
        ulong id = names.Begin(pointer, sizeBytes, offset);
        emit(e with { Kind = TraceKind.Create, ObjectId = id, SizeBytes = sizeBytes, To = to, From = second });
    }

    /// <summary>The object of a pointer; one that is met for the first time is older than the recording.</summary>
    public ObjectNames.LiveObject Find(in TraceEvent e, ulong pointer, ulong sizeBytes, long offset)
    {
        if (!names.TryFind(pointer, out ObjectNames.LiveObject found))
        {
            ulong id = names.Begin(pointer, sizeBytes, offset);
            found = new ObjectNames.LiveObject(id, sizeBytes);
            emit(e with { Kind = TraceKind.Create, ObjectId = id, SizeBytes = sizeBytes, Flags = TraceFlags.Inferred });
        }

        return found;
    }

    public void Destroy(in TraceEvent e, ulong pointer, TraceFlags flags = TraceFlags.None)
    {
        if (names.TryEnd(pointer, out ObjectNames.LiveObject gone))
        {
            _domains.Remove(gone.Id);
            emit(e with { Kind = TraceKind.Destroy, ObjectId = gone.Id, SizeBytes = gone.SizeBytes, Flags = flags });
        }
    }

    /// <summary>Where an object was last seen; system RAM before that.</summary>
    public MemoryDomain DomainOf(ulong id) => _domains.GetValueOrDefault(id, MemoryDomain.System);

    public void SetDomain(ulong id, MemoryDomain domain) => _domains[id] = domain;

    public void Say(in TraceEvent e, TraceKind kind, ulong pointer, ulong sizeBytes, ulong offsetBytes, long offset)
    {
        ObjectNames.LiveObject found = Find(e, pointer, sizeBytes, offset);
        emit(e with { Kind = kind, ObjectId = found.Id, SizeBytes = sizeBytes, OffsetBytes = offsetBytes });
    }
}
