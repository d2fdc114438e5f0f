using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.TraceTests.Export;

/// <summary>One short run in every spelling, to the last field: the numbers of fields are Perfetto's, the words Chrome's and the kernel's.</summary>
public sealed class WrittenOutTests
{
    private static readonly TraceEvent[] s_run =
    [
        new() { Kind = TraceKind.Create, TimeNs = 1000, ObjectId = 1, SizeBytes = 5000, To = MemoryDomain.Vram, From = MemoryDomain.Gtt, Name = "albedo" },
        new() { Kind = TraceKind.Use, TimeNs = 1500, ObjectId = 1, SizeBytes = 5000, RelatedId = 9 },
        new() { Kind = TraceKind.Evict, TimeNs = 2000, ObjectId = 1, RelatedId = 2, SizeBytes = 5000, From = MemoryDomain.Vram, To = MemoryDomain.Gtt, Cause = TraceCause.Submission, ClientId = 7, Name = "albedo" },
        new() { Kind = TraceKind.MoveStarted, TimeNs = 2100, ObjectId = 1, SizeBytes = 5000, From = MemoryDomain.Vram, To = MemoryDomain.Gtt },
        new() { Kind = TraceKind.Move, TimeNs = 3001, ObjectId = 1, SizeBytes = 5000, From = MemoryDomain.Vram, To = MemoryDomain.Gtt, Cause = TraceCause.Eviction },
        new() { Kind = TraceKind.Submit, TimeNs = 4000, RelatedId = 5, OffsetBytes = 3, DurationNs = 250, ClientId = 7 },
        new() { Kind = TraceKind.Submit, TimeNs = 4100, RelatedId = 6, OffsetBytes = 3, Name = "gfx, high" },
        new() { Kind = TraceKind.Signal, TimeNs = 4600, RelatedId = 6, OffsetBytes = 3, Name = "gfx, high" },
        new() { Kind = TraceKind.Wait, TimeNs = 5000, DurationNs = 400 },
        new() { Kind = TraceKind.Usage, TimeNs = 5100, SizeBytes = 11, ClientId = 7, To = MemoryDomain.Vram, Name = "process" },
        new() { Kind = TraceKind.Usage, TimeNs = 5200, SizeBytes = 12, To = MemoryDomain.Gtt },
        new() { Kind = TraceKind.Frame, TimeNs = 1_000_000_005, RelatedId = 1 },
        new() { Kind = TraceKind.Marker, TimeNs = 1_000_000_006, ObjectId = 1, Name = "loading" },
        new() { Kind = TraceKind.Marker, TimeNs = 1_000_000_007, ClientId = 7 },
        new() { Kind = TraceKind.GpuMap, TimeNs = 1_000_000_010, ObjectId = 1, OffsetBytes = 0x20_0000, SizeBytes = 5000 },
        new() { Kind = TraceKind.GpuUnmap, TimeNs = 1_000_000_011, OffsetBytes = 0x20_0000 },
        new() { Kind = TraceKind.Destroy, TimeNs = 1_000_000_900, ObjectId = 1, SizeBytes = 5000 },
    ];

    [Fact]
    public void KernelText()
    {
        string[] expected =
        [
            "# tracer: nop",
            "#           TASK-PID     CPU#  ||||   TIMESTAMP  FUNCTION",
            "           gpumm-0     [000] .... 0.000001000: amdgpu_bo_create: bo=0000000000000001, pages=2, type=0, preferred=4, allowed=6, visible=0",
            "           gpumm-0     [000] .... 0.000001500: amdgpu_bo_list_set: list=0000000000000009, bo=0000000000000001, bo_size=5000",
            "           gpumm-7     [000] .... 0.000002000: gpumm_evict: bo=0000000000000001, size=5000, offset=0, related=2, from=2, to=1",
            "           gpumm-0     [000] .... 0.000002100: gpumm_movestarted: bo=0000000000000001, size=5000, offset=0, related=0, from=2, to=1",
            "           gpumm-0     [000] .... 0.000003001: amdgpu_bo_move: bo=0000000000000001, from=2, to=1, size=5000",
            "           gpumm-7     [000] .... 0.000004000: amdgpu_cs_ioctl: sched_job=5, timeline=gfx, context=3, seqno=5, ring_name=gfx, num_ibs=1",
            "           gpumm-0     [000] .... 0.000004100: amdgpu_cs_ioctl: sched_job=6, timeline=gfx__high, context=3, seqno=6, ring_name=gfx__high, num_ibs=1",
            "           gpumm-0     [000] .... 0.000004600: dma_fence_signaled: driver=gpumm timeline=gfx__high context=3 seqno=6",
            "           gpumm-0     [000] .... 0.000005000: gpumm_wait: bo=0000000000000000, size=0, offset=0, related=0, from=0, to=0",
            "           gpumm-7     [000] .... 0.000005100: gpu_mem_total: gpu_id=0 pid=7 size=11",
            "           gpumm-0     [000] .... 0.000005200: gpu_mem_total: gpu_id=0 pid=0 size=12",
            "           gpumm-0     [000] .... 1.000000005: drm_vblank_event: crtc=0, seq=1",
            "           gpumm-0     [000] .... 1.000000010: amdgpu_vm_bo_map: bo=0000000000000001, start=200, last=201, offset=0000000000, flags=00000073",
            "           gpumm-0     [000] .... 1.000000011: amdgpu_vm_bo_unmap: bo=(null), start=200, last=200, offset=0000000000, flags=00000073",
            "           gpumm-0     [000] .... 1.000000900: gpumm_destroy: bo=0000000000000001, size=5000, offset=0, related=0, from=0, to=0",
        ];
        Assert.Equal(expected, Encoding.UTF8.GetString(ExportTests.Write("ftrace", s_run)).TrimEnd('\n').Split('\n'));
    }

    // Tracks, then packets: time, type (1 begins, 2 ends, 3 instant, 4 counter), track, name or value, annotations.
    [Fact]
    public void PerfettosPackets()
    {
        string[] expected =
        [
            "track 1 GPU process 1 GPU",
            "track 17 copy engine in 1", "track 18 decisions in 1", "track 19 waits in 1",
            "track 1026 VRAM in 1 counts 3", "track 1025 GTT in 1 counts 3", "track 1024 System in 1 counts 3",
            "1000 4 VRAM 5000", "1000 4 GTT 0", "1000 4 System 0",
            "2000 3 decisions Evict: bo=1 bytes=5000 related=2 cause=Submission name=albedo",
            "2100 1 copy engine Vram to Gtt: bo=1 bytes=5000 cause=Eviction", "3001 2 copy engine",
            "3001 4 VRAM 0", "3001 4 GTT 5000", "3001 4 System 0",
            "track 32 render engine in 1", "4000 1 render engine render engine: related=5", "4250 2 render engine",
            "track 33 gfx, high in 1", "4100 1 gfx, high gfx, high: related=6 name=gfx, high", "4600 2 gfx, high",
            "4600 1 waits wait:", "5000 2 waits",
            "track 2048 reported usage: process 7 in 1 counts 3", "5100 4 reported usage: process 7 11",
            "track 2049 reported usage: usage in 1 counts 3", "5200 4 reported usage: usage 12",
            "1000000005 3 decisions Frame: related=1", "1000000006 3 decisions loading: bo=1", "1000000007 3 decisions marker:",
            "1000000900 4 VRAM 0", "1000000900 4 GTT 0", "1000000900 4 System 0",
        ];
        Dictionary<ulong, string> names = [];
        Assert.Equal(expected, WireMessage.Parse(ExportTests.Write("perfetto", s_run)).Fields(1).Select(packet => Spell(packet, names)));
    }

    [Fact]
    public void ChromesEvents()
    {
        string[] expected =
        [
            "M process_name 1000000/0 GPU", "M thread_name 1000000/1 copy engine", "M thread_name 1000000/2 decisions", "M thread_name 1000000/3 waits",
            "C memory memory 1000000/0 1.000 vram=5000 gtt=0 system=0",
            "M process_name 7/0 client 7",
            "i decision Evict 7/2 2.000 t bo=1 bytes=5000 from=Vram to=Gtt cause=Submission related=2 name=albedo",
            "X Move Vram to Gtt 1000000/1 2.100 0.901 bo=1 bytes=5000 from=Vram to=Gtt cause=Eviction",
            "C memory memory 1000000/0 3.001 vram=0 gtt=5000 system=0",
            "M thread_name 1000000/16 render engine", "X Submit render engine 1000000/16 4.000 0.250 bo=0 bytes=0 related=5",
            "M thread_name 1000000/17 gfx, high", "X Submit gfx, high 1000000/17 4.100 0.500 bo=0 bytes=0 related=6 name=gfx, high",
            "X Wait wait 1000000/3 4.600 0.400 bo=0 bytes=0",
            "C memory process 7 1000000/0 5.100 vram=11", "C memory usage 1000000/0 5.200 gtt=12",
            "i decision Frame 1000000/2 1000000.005 g bo=0 bytes=0 related=1", "i decision loading 1000000/2 1000000.006 t bo=1 bytes=0",
            "i decision marker 7/2 1000000.007 t bo=0 bytes=0",
            "C memory memory 1000000/0 1000000.900 vram=0 gtt=0 system=0",
        ];
        using JsonDocument document = JsonDocument.Parse(ExportTests.Write("chrome", s_run));
        Assert.Equal("ns", document.RootElement.GetProperty("displayTimeUnit").GetString());
        Assert.Equal(expected, document.RootElement.GetProperty("traceEvents").EnumerateArray().Select(Spell));
    }

    private static string Spell(WireMessage packet, Dictionary<ulong, string> names)
    {
        Assert.Equal(1ul, packet.Number(10)); // One sequence.
        if (packet.Fields(60).SingleOrDefault() is { } track)
        {
            names.Add(track.Number(1), track.Text(2));
            string process = string.Concat(track.Fields(3).Select(static p => $" process {p.Number(1)} {p.Text(6)}"));
            string counter = string.Concat(track.Fields(8).Select(static c => $" counts {c.Number(3)}"));
            return $"track {track.Number(1)} {track.Text(2)}{process}{(track.Number(5) == 0 ? "" : $" in {track.Number(5)}")}{counter}";
        }

        WireMessage said = packet.Fields(11).Single();
        string head = $"{packet.Number(8)} {said.Number(9)} {names[said.Number(11)]}";
        string notes = string.Concat(said.Fields(4).Select(static a => $" {a.Text(10)}={(a.Text(6).Length > 0 ? a.Text(6) : a.Number(3).ToString(CultureInfo.InvariantCulture))}"));
        return said.Number(9) switch { 2 => head + notes, 4 => $"{head} {said.Number(30)}{notes}", _ => $"{head} {said.Text(23)}:{notes}" };
    }

    private static string Spell(JsonElement e)
    {
        string Text(string name) => e.TryGetProperty(name, out JsonElement value) ? $" {value}" : "";
        string phase = e.GetProperty("ph").GetString()!;
        string notes = string.Concat(e.GetProperty("args").EnumerateObject().Select(a => phase == "M" ? $" {a.Value}" : $" {a.Name}={a.Value}"));
        return $"{phase}{Text("cat")}{Text("name")}{Text("pid")}/{e.GetProperty("tid")}{Text("ts")}{Text("dur")}{Text("s")}{notes}";
    }
}
