using System;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>Events of amdgpu, of its scheduler and fences, and the vendor-neutral memory counters.</summary>
/// <remarks>
/// Two kernel bugs are survived: amdgpu_bo_move prints from == to before 6.7 (the origin is then where the object was last
/// seen), and amdgpu_cs_bo_status swaps its two labels (the larger number is the bytes). Mappings without an object (sparse
/// ones) have a null pointer. What this library writes into such text beside amdgpu's events (<c>gpumm_destroy</c>) is read too.
/// </remarks>
internal sealed class FtraceAmdgpu(FtraceObjects objects)
{
    private const ulong PageBytes = 4096;

    /// <summary>Moves whose origin the kernel got wrong.</summary>
    public long RepairedMoves { get; private set; }

    public FtraceOutcome Apply(in FtraceLine line, in TraceEvent e, long offset)
    {
        ReadOnlySpan<byte> name = line.Event;
        return name.SequenceEqual("amdgpu_bo_create"u8) ? Create(line, e, offset)
            : name.SequenceEqual("amdgpu_bo_move"u8) || name.SequenceEqual("amdgpu_ttm_bo_move"u8) ? Move(line, e, offset)
            : name.SequenceEqual("amdgpu_bo_list_set"u8) ? Use(line, e, offset)
            : name.SequenceEqual("amdgpu_cs"u8) ? Marker(line, e, "bo_list"u8, "submission")
            : name.SequenceEqual("amdgpu_cs_bo_status"u8) ? Status(line, e)
            : name.SequenceEqual("amdgpu_cs_ioctl"u8) ? Job(line, e, TraceKind.Submit)
            : name.SequenceEqual("amdgpu_sched_run_job"u8) ? Run(line, e)
            : name.SequenceEqual("dma_fence_signaled"u8) ? Fence(line, e)
            : name.SequenceEqual("drm_vblank_event"u8) ? Frame(line, e)
            : name.SequenceEqual("amdgpu_vm_bo_map"u8) ? Map(line, e, TraceKind.GpuMap, offset)
            : name.SequenceEqual("amdgpu_vm_bo_unmap"u8) ? Map(line, e, TraceKind.GpuUnmap, offset)
            : name.SequenceEqual("amdgpu_vm_bo_update"u8) || name.SequenceEqual("amdgpu_vm_bo_mapping"u8) ? Update(line, e)
            : name.SequenceEqual("gpu_mem_total"u8) ? Total(line, e)
            : name.SequenceEqual("gpumm_destroy"u8) ? Destroy(line, e)
            : FtraceOutcome.Unknown;
    }

    private FtraceOutcome Create(in FtraceLine line, in TraceEvent e, long offset)
    {
        // Older kernels spell it with one r less.
        if (!line.TryHex("bo"u8, out ulong bo) || !line.TryNumber("pages"u8, out ulong pages) || pages > ulong.MaxValue / PageBytes ||
            (!line.TryNumber("preferred"u8, out ulong wanted) && !line.TryNumber("prefered"u8, out wanted)))
        {
            return FtraceOutcome.Malformed;
        }

        line.TryNumber("allowed"u8, out ulong allowed);
        MemoryDomain to = FromMask(wanted);
        MemoryDomain second = FromMask(allowed & ~wanted);
        objects.Create(e, bo, pages * PageBytes, to, (allowed & ~wanted) == 0 ? to : second, offset);
        return FtraceOutcome.Done;
    }

    private FtraceOutcome Move(in FtraceLine line, in TraceEvent e, long offset)
    {
        if (!line.TryHex("bo"u8, out ulong bo) || !line.TryNumber("from"u8, out ulong from) || !line.TryNumber("to"u8, out ulong to) ||
            !line.TryNumber("size"u8, out ulong size) || from > 7 || to > 7)
        {
            return FtraceOutcome.Malformed;
        }

        ObjectNames.LiveObject found = objects.Find(e, bo, size, offset);
        MemoryDomain origin = (MemoryDomain)from;
        TraceFlags flags = TraceFlags.None;
        if (from == to)
        {
            MemoryDomain seen = objects.DomainOf(found.Id);
            flags = TraceFlags.Repaired;
            origin = seen != (MemoryDomain)to ? seen : to == 0 ? MemoryDomain.Gtt : MemoryDomain.System;
            RepairedMoves++;
        }

        objects.SetDomain(found.Id, (MemoryDomain)to);
        objects.Emit(e with { Kind = TraceKind.Move, ObjectId = found.Id, SizeBytes = size, From = origin, To = (MemoryDomain)to, Flags = flags });
        return FtraceOutcome.Done;
    }

    private FtraceOutcome Use(in FtraceLine line, in TraceEvent e, long offset)
    {
        if (!line.TryHex("bo"u8, out ulong bo) || !line.TryNumber("bo_size"u8, out ulong size))
        {
            return FtraceOutcome.Malformed;
        }

        line.TryHex("list"u8, out ulong list);
        ObjectNames.LiveObject found = objects.Find(e, bo, size, offset);
        objects.Emit(e with { Kind = TraceKind.Use, ObjectId = found.Id, SizeBytes = size, RelatedId = list });
        return FtraceOutcome.Done;
    }

    // The labels are swapped in the kernel: bytes are never fewer than objects.
    private FtraceOutcome Status(in FtraceLine line, in TraceEvent e)
    {
        if (!line.TryNumber("total_bo_size"u8, out ulong a) || !line.TryNumber("total_bo_count"u8, out ulong b))
        {
            return FtraceOutcome.Malformed;
        }

        TraceFlags flags = a < b ? TraceFlags.Repaired : TraceFlags.None;
        objects.Emit(e with { Kind = TraceKind.Usage, SizeBytes = Math.Max(a, b), RelatedId = Math.Min(a, b), To = MemoryDomain.Gtt, Flags = flags, Name = "submission" });
        return FtraceOutcome.Done;
    }

    private FtraceOutcome Job(in FtraceLine line, in TraceEvent e, TraceKind kind)
    {
        if (!line.TryNumber("seqno"u8, out ulong seqno) || line.Field("timeline"u8).IsEmpty)
        {
            return FtraceOutcome.Malformed;
        }

        line.TryNumber("context"u8, out ulong context);
        objects.Emit(e with { Kind = kind, RelatedId = seqno, OffsetBytes = context, Name = Fields.Text(line.Field("timeline"u8), 60) });
        return FtraceOutcome.Done;
    }

    private FtraceOutcome Run(in FtraceLine line, in TraceEvent e)
    {
        if (!line.TryNumber("sched_job"u8, out ulong job))
        {
            return FtraceOutcome.Malformed;
        }

        objects.Emit(e with { Kind = TraceKind.Marker, RelatedId = job, Name = "runs on " + Fields.Text(line.Field("timeline"u8), 60) });
        return FtraceOutcome.Done;
    }

    private FtraceOutcome Fence(in FtraceLine line, in TraceEvent e) => Job(line, e, TraceKind.Signal);

    private FtraceOutcome Frame(in FtraceLine line, in TraceEvent e)
    {
        if (!line.TryNumber("seq"u8, out ulong sequence))
        {
            return FtraceOutcome.Malformed;
        }

        line.TryNumber("crtc"u8, out ulong screen);
        objects.Emit(e with { Kind = TraceKind.Frame, RelatedId = sequence, OffsetBytes = screen });
        return FtraceOutcome.Done;
    }

    // The driver has no event for the end of an object; this library's own text does.
    private FtraceOutcome Destroy(in FtraceLine line, in TraceEvent e)
    {
        if (!line.TryHex("bo"u8, out ulong bo))
        {
            return FtraceOutcome.Malformed;
        }

        objects.Destroy(e, bo);
        return FtraceOutcome.Done;
    }

    private FtraceOutcome Map(in FtraceLine line, in TraceEvent e, TraceKind kind, long offset)
    {
        if (!line.TryPointer("bo"u8, out ulong bo) || !line.TryHex("start"u8, out ulong start) || !line.TryHex("last"u8, out ulong last))
        {
            return FtraceOutcome.Malformed;
        }

        ulong pages = last >= start ? unchecked(last - start + 1) : 0;
        if (bo == 0)
        {
            objects.Emit(e with { Kind = kind, SizeBytes = unchecked(pages * PageBytes), OffsetBytes = unchecked(start * PageBytes) });
        }
        else
        {
            objects.Say(e, kind, bo, unchecked(pages * PageBytes), unchecked(start * PageBytes), offset);
        }

        return FtraceOutcome.Done;
    }

    // The end of these events is the page behind the last, unlike "last" of the two above.
    private FtraceOutcome Update(in FtraceLine line, in TraceEvent e)
    {
        if (!line.TryHex("soffs"u8, out ulong start) || !line.TryHex("eoffs"u8, out ulong end))
        {
            return FtraceOutcome.Malformed;
        }

        objects.Emit(e with
        {
            Kind = TraceKind.GpuMap,
            OffsetBytes = unchecked(start * PageBytes),
            SizeBytes = end >= start ? unchecked((end - start) * PageBytes) : 0,
            Flags = TraceFlags.Inferred,
        });
        return FtraceOutcome.Done;
    }

    private FtraceOutcome Total(in FtraceLine line, in TraceEvent e)
    {
        if (!line.TryNumber("pid"u8, out ulong pid) || !line.TryNumber("size"u8, out ulong size) || pid > int.MaxValue)
        {
            return FtraceOutcome.Malformed;
        }

        objects.Emit(e with { Kind = TraceKind.Usage, SizeBytes = size, ClientId = (int)pid, To = MemoryDomain.Vram, Name = pid == 0 ? "device" : "process" });
        return FtraceOutcome.Done;
    }

    private FtraceOutcome Marker(in FtraceLine line, in TraceEvent e, ReadOnlySpan<byte> field, string name)
    {
        line.TryHex(field, out ulong related);
        objects.Emit(e with { Kind = TraceKind.Marker, RelatedId = related, Name = name });
        return FtraceOutcome.Done;
    }

    // AMDGPU_GEM_DOMAIN: 1 CPU, 2 GTT, 4 VRAM; the fastest that is set.
    private static MemoryDomain FromMask(ulong mask) =>
        (mask & 4) != 0 ? MemoryDomain.Vram : (mask & 2) != 0 ? MemoryDomain.Gtt : MemoryDomain.System;
}
