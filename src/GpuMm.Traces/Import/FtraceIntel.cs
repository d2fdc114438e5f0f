using System;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>Events of xe and i915.</summary>
internal sealed class FtraceIntel(FtraceObjects objects)
{
    public FtraceOutcome Apply(in FtraceLine line, in TraceEvent e, long offset)
    {
        ReadOnlySpan<byte> name = line.Event;
        return name.StartsWith("xe_"u8) ? Xe(name[3..], line, e, offset)
            : name.StartsWith("i915_"u8) ? I915(name[5..], line, e, offset)
            : FtraceOutcome.Unknown;
    }

    private FtraceOutcome Xe(ReadOnlySpan<byte> name, in FtraceLine line, in TraceEvent e, long offset) =>
        name.SequenceEqual("bo_move"u8) ? XeMove(line, e, offset)
        : name.SequenceEqual("bo_create"u8) ? XeObject(line, e, TraceKind.Create)
        : name.SequenceEqual("bo_validate"u8) ? XeObject(line, e, TraceKind.Validate)
        : name.SequenceEqual("bo_cpu_fault"u8) ? XeObject(line, e, TraceKind.Fault)
        : name.SequenceEqual("vma_bind"u8) || name.SequenceEqual("vma_rebind"u8) ? XeVma(line, e, TraceKind.GpuMap)
        : name.SequenceEqual("vma_unbind"u8) ? XeVma(line, e, TraceKind.GpuUnmap)
        : name.SequenceEqual("vma_pagefault"u8) ? XeVma(line, e, TraceKind.Fault)
        : name.SequenceEqual("vma_evict"u8) ? XeVma(line, e, TraceKind.Zap)
        : FtraceOutcome.Unknown;

    // "move_lacks_source:no, migrate object 0000000012345678 [size 65536] from system to vram0 device_id:0000:03:00.0"
    private FtraceOutcome XeMove(in FtraceLine line, in TraceEvent e, long offset)
    {
        ReadOnlySpan<byte> rest = line.Text;
        if (!TryAfter(ref rest, "migrate object "u8, out ReadOnlySpan<byte> pointer) || !Fields.TryHex(pointer, out ulong bo) ||
            !TryAfter(ref rest, "[size "u8, out ReadOnlySpan<byte> sizeText) || !Fields.TryWhole(sizeText.TrimEnd((byte)']'), out ulong size) ||
            !TryAfter(ref rest, "from "u8, out ReadOnlySpan<byte> from) || !TryAfter(ref rest, "to "u8, out ReadOnlySpan<byte> to) ||
            !TryDomain(from, out MemoryDomain source) || !TryDomain(to, out MemoryDomain target))
        {
            return FtraceOutcome.Malformed;
        }

        ObjectNames.LiveObject found = objects.Find(e, bo, size, offset);
        objects.SetDomain(found.Id, target);
        objects.Emit(e with { Kind = TraceKind.Move, ObjectId = found.Id, SizeBytes = size, From = source, To = target });
        return FtraceOutcome.Done;
    }

    // These events name no object, only its size and its address space: what they can tell is how much and when.
    private FtraceOutcome XeObject(in FtraceLine line, in TraceEvent e, TraceKind kind)
    {
        if (!line.TryNumber("size"u8, out ulong size))
        {
            return FtraceOutcome.Malformed;
        }

        line.TryHex("vm"u8, out ulong space);
        objects.Emit(e with
        {
            Kind = TraceKind.Marker,
            SizeBytes = size,
            RelatedId = space,
            Name = kind switch { TraceKind.Create => "xe_bo_create", TraceKind.Validate => "xe_bo_validate", _ => "xe_bo_cpu_fault" },
        });
        return FtraceOutcome.Done;
    }

    private FtraceOutcome XeVma(in FtraceLine line, in TraceEvent e, TraceKind kind)
    {
        if (!line.TryHex("vma"u8, out ulong vma) || !line.TryHex("start"u8, out ulong start) || !line.TryHex("end"u8, out ulong end))
        {
            return FtraceOutcome.Malformed;
        }

        // The driver prints the last byte; whole pages tell when somebody printed the byte behind it.
        ulong last = (end & 0xFFF) == 0 ? unchecked(end - 1) : end;
        objects.Emit(e with
        {
            Kind = kind,
            OffsetBytes = start,
            SizeBytes = end > start ? unchecked(last - start + 1) : 0,
            RelatedId = vma,
            Flags = TraceFlags.Inferred,
            Name = "xe_vma",
        });
        return FtraceOutcome.Done;
    }

    private FtraceOutcome I915(ReadOnlySpan<byte> name, in FtraceLine line, in TraceEvent e, long offset)
    {
        if (name.StartsWith("gem_evict"u8) || name.SequenceEqual("gem_shrink"u8))
        {
            return Pressure(name, line, e);
        }

        bool isKnown = name.StartsWith("gem_object_"u8) || name.StartsWith("vma_"u8);
        if (!isKnown)
        {
            return FtraceOutcome.Unknown;
        }

        if (!line.TryHex("obj"u8, out ulong pointer))
        {
            return FtraceOutcome.Malformed;
        }

        line.TryNumber("size"u8, out ulong size);
        line.TryNumber("offset"u8, out ulong place);
        line.TryNumber("len"u8, out ulong length);
        if (name.SequenceEqual("gem_object_create"u8))
        {
            objects.Create(e, pointer, size, MemoryDomain.System, MemoryDomain.Gtt, offset);
        }
        else if (name.SequenceEqual("gem_object_destroy"u8))
        {
            objects.Destroy(e, pointer);
        }
        else if (name.SequenceEqual("vma_bind"u8) || name.SequenceEqual("vma_unbind"u8))
        {
            bool isBind = name.SequenceEqual("vma_bind"u8);
            objects.Say(e, isBind ? TraceKind.GpuMap : TraceKind.GpuUnmap, pointer, size, place, offset);
            if (isBind)
            {
                // What is bound is about to be used; i915 records no list of a job's objects.
                objects.Say(e with { Flags = TraceFlags.Inferred }, TraceKind.Use, pointer, size, 0, offset);
            }
        }
        else if (name.SequenceEqual("gem_object_pwrite"u8) || name.SequenceEqual("gem_object_pread"u8))
        {
            TraceFlags flags = name.SequenceEqual("gem_object_pwrite"u8) ? TraceFlags.Write : TraceFlags.None;
            objects.Say(e with { Flags = flags }, TraceKind.CpuAccess, pointer, length, place, offset);
        }
        else if (name.SequenceEqual("gem_object_fault"u8))
        {
            line.TryNumber("index"u8, out ulong page);
            TraceFlags flags = line.Text.IndexOf("writable"u8) >= 0 ? TraceFlags.Write : TraceFlags.None;
            objects.Say(e with { Flags = flags }, TraceKind.Fault, pointer, 4096, unchecked(page * 4096), offset);
        }
        else
        {
            objects.Say(e, TraceKind.Marker, pointer, 0, 0, offset);
        }

        return FtraceOutcome.Done;
    }

    private FtraceOutcome Pressure(ReadOnlySpan<byte> name, in FtraceLine line, in TraceEvent e)
    {
        if (!line.TryNumber("size"u8, out ulong size))
        {
            line.TryNumber("target"u8, out size);
        }

        objects.Emit(e with { Kind = TraceKind.Marker, SizeBytes = size, Name = "i915_" + Fields.Text(name, 40) });
        return FtraceOutcome.Done;
    }

    private static bool TryAfter(ref ReadOnlySpan<byte> rest, ReadOnlySpan<byte> words, out ReadOnlySpan<byte> value)
    {
        int at = rest.IndexOf(words);
        value = [];
        if (at < 0)
        {
            return false;
        }

        rest = rest[(at + words.Length)..];
        int end = rest.IndexOf((byte)' ');
        value = end < 0 ? rest : rest[..end];
        rest = rest[value.Length..];
        return true;
    }

    private static bool TryDomain(ReadOnlySpan<byte> name, out MemoryDomain domain)
    {
        domain = name.StartsWith("vram"u8) || name.StartsWith("stolen"u8) ? MemoryDomain.Vram
            : name.StartsWith("gtt"u8) || name.StartsWith("tt"u8) ? MemoryDomain.Gtt : MemoryDomain.System;
        return name.Length > 0 && (domain != MemoryDomain.System || name.StartsWith("sys"u8) || name.StartsWith("none"u8));
    }
}
