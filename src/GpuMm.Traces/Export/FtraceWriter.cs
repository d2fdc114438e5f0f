using System;
using System.Globalization;
using System.IO;
using System.Text;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Export;

/// <summary>Lines in the print formats of amdgpu's tracepoints, so that tools for kernel traces open a simulated run.</summary>
/// <remarks>
/// What amdgpu has no tracepoint for (ends of objects, faults, pins, limits) is written as <c>gpumm_…</c> events in the same shape.
/// </remarks>
internal sealed class FtraceWriter : ITraceWriter
{
    private readonly StreamWriter _writer;

    public FtraceWriter(Stream stream)
    {
        _writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16) { NewLine = "\n" };
        _writer.WriteLine("# tracer: nop");
        _writer.WriteLine("#           TASK-PID     CPU#  ||||   TIMESTAMP  FUNCTION");
    }

    public long Written { get; private set; }

    public void Write(in TraceEvent e)
    {
        string? fields = FieldsOf(e, out string name);
        if (fields is not null)
        {
            Written++;
            long time = Math.Max(0, e.TimeNs);
            _writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{"gpumm",16}-{Math.Max(0, e.ClientId),-5} [000] .... {time / 1_000_000_000}.{time % 1_000_000_000:000000000}: {name}: {fields}"));
        }
    }

    public void Complete() => _writer.Flush();

    public void Dispose() => _writer.Dispose();

    private static string? FieldsOf(in TraceEvent e, out string name)
    {
        FormattableString? text = e.Kind switch
        {
            TraceKind.Create => $"bo={e.ObjectId:x16}, pages={(e.SizeBytes / 4096) + (e.SizeBytes % 4096 == 0 ? 0ul : 1ul)}, type=0, preferred={Mask(e.To)}, allowed={Mask(e.To) | Mask(e.From)}, visible=0",
            TraceKind.Move => $"bo={e.ObjectId:x16}, from={(int)e.From}, to={(int)e.To}, size={e.SizeBytes}",
            TraceKind.Use => $"list={e.RelatedId:x16}, bo={e.ObjectId:x16}, bo_size={e.SizeBytes}",
            TraceKind.Submit => $"sched_job={e.RelatedId}, timeline={Word(e.Name)}, context={e.OffsetBytes}, seqno={e.RelatedId}, ring_name={Word(e.Name)}, num_ibs=1",
            TraceKind.Signal => $"driver=gpumm timeline={Word(e.Name)} context={e.OffsetBytes} seqno={e.RelatedId}",
            TraceKind.Frame => $"crtc=0, seq={e.RelatedId}",
            TraceKind.GpuMap or TraceKind.GpuUnmap => $"bo={(e.ObjectId == 0 ? "(null)" : e.ObjectId.ToString("x16", CultureInfo.InvariantCulture))}, start={e.OffsetBytes / 4096:x}, last={Last(e):x}, offset=0000000000, flags=00000073",
            TraceKind.Usage => $"gpu_id=0 pid={Math.Max(0, e.ClientId)} size={e.SizeBytes}",
            TraceKind.Marker or TraceKind.Other or TraceKind.SpaceTaken or TraceKind.SpaceReturned or TraceKind.Bump or TraceKind.Reserve => null,
            _ => $"bo={e.ObjectId:x16}, size={e.SizeBytes}, offset={e.OffsetBytes}, related={e.RelatedId}, from={(int)e.From}, to={(int)e.To}",
        };
        name = e.Kind switch
        {
            TraceKind.Create => "amdgpu_bo_create",
            TraceKind.Move => "amdgpu_bo_move",
            TraceKind.Use => "amdgpu_bo_list_set",
            TraceKind.Submit => "amdgpu_cs_ioctl",
            TraceKind.Signal => "dma_fence_signaled",
            TraceKind.Frame => "drm_vblank_event",
            TraceKind.GpuMap => "amdgpu_vm_bo_map",
            TraceKind.GpuUnmap => "amdgpu_vm_bo_unmap",
            TraceKind.Usage => "gpu_mem_total",
            _ => "gpumm_" + e.Kind.ToString().ToLowerInvariant(),
        };
        return text?.ToString(CultureInfo.InvariantCulture);
    }

    private static ulong Last(in TraceEvent e) =>
        unchecked((e.OffsetBytes / 4096) + Math.Max(1, (e.SizeBytes / 4096) + (e.SizeBytes % 4096 == 0 ? 0ul : 1ul)) - 1);

    private static int Mask(MemoryDomain domain) => domain switch { MemoryDomain.Vram => 4, MemoryDomain.Gtt => 2, _ => 1 };

    private static string Word(string? name) => string.IsNullOrWhiteSpace(name) ? "gfx" : name.Replace(' ', '_').Replace(',', '_');
}
