using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using GpuMm.Traces;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.TraceTests.Import;

/// <summary>Kernel events field by field: what each says, and that an event without a field that it needs is refused with its line.</summary>
public sealed class FtraceFieldTests
{
    // The event, the fields that it cannot do without, and what its last event in our words is.
    public static TheoryData<string, string[], TraceKind> Events => new()
    {
        { "amdgpu_bo_create: bo=00000000aaaa0001, pages=16, type=0, preferred=4, allowed=6, visible=1", ["bo", "pages", "preferred"], TraceKind.Create },
        { "amdgpu_bo_create: bo=00000000aaaa0001, pages=16, type=0, prefered=4, allowed=6, visible=1", ["bo", "pages", "prefered"], TraceKind.Create },
        { "amdgpu_bo_move: bo=00000000aaaa0001, from=2, to=1, size=65536", ["bo", "from", "to", "size"], TraceKind.Move },
        { "amdgpu_ttm_bo_move: bo=00000000aaaa0001, from=2, to=1, size=65536", ["bo", "from", "to", "size"], TraceKind.Move },
        { "amdgpu_bo_list_set: list=00000000bbbb0001, bo=00000000aaaa0001, bo_size=65536", ["bo", "bo_size"], TraceKind.Use },
        { "amdgpu_cs_bo_status: total_bo_size=65536, total_bo_count=3", ["total_bo_size", "total_bo_count"], TraceKind.Usage },
        { "amdgpu_cs_ioctl: sched_job=7, timeline=gfx_0.0.0, context=5, seqno=9, ring_name=gfx, num_ibs=1", ["timeline", "seqno"], TraceKind.Submit },
        { "amdgpu_sched_run_job: sched_job=7, timeline=gfx_0.0.0, context=5, seqno=9, ring_name=gfx, num_ibs=1", ["sched_job"], TraceKind.Marker },
        { "dma_fence_signaled: driver=drm_sched timeline=gfx_0.0.0 context=5 seqno=9", ["timeline", "seqno"], TraceKind.Signal },
        { "drm_vblank_event: crtc=1, seq=99, time=123, high-prec=true", ["seq"], TraceKind.Frame },
        { "amdgpu_vm_bo_map: bo=00000000aaaa0001, start=0000000100, last=000000010f, offset=0, flags=73", ["bo", "start", "last"], TraceKind.GpuMap },
        { "amdgpu_vm_bo_unmap: bo=00000000aaaa0001, start=0000000100, last=000000010f, offset=0, flags=73", ["bo", "start", "last"], TraceKind.GpuUnmap },
        { "amdgpu_vm_bo_mapping: soffs=0000000100, eoffs=0000000110, flags=00000073", ["soffs", "eoffs"], TraceKind.GpuMap },
        { "gpu_mem_total: gpu_id=0 pid=17 size=65536", ["pid", "size"], TraceKind.Usage },
        { "xe_bo_create: dev=0, size=65536, flags=0x1, vm=00000000cccc0001", ["size"], TraceKind.Marker },
        { "xe_vma_bind: dev=0, vma=00000000c0ffee00, vm=1, asid=0x1, start=0x000000100000, end=0x00000010ffff, userptr=0x0,", ["vma", "start", "end"], TraceKind.GpuMap },
        { "xe_vma_unbind: dev=0, vma=00000000c0ffee00, vm=1, asid=0x1, start=0x000000100000, end=0x00000010ffff, userptr=0x0,", ["vma", "start", "end"], TraceKind.GpuUnmap },
        { "i915_gem_object_create: obj=00000000dddd0001, size=0x10000", ["obj"], TraceKind.Create },
        { "i915_vma_unbind: obj=00000000dddd0001, offset=0x1000 size=0x10000 vm=00000000cccc0001", ["obj"], TraceKind.GpuUnmap },
        { "i915_gem_object_pwrite: obj=00000000dddd0001, offset=0, len=4096", ["obj"], TraceKind.CpuAccess },
        { "i915_gem_object_fault: obj=00000000dddd0001, GTT index=3 , writable", ["obj"], TraceKind.Fault },
    };

    [Theory]
    [MemberData(nameof(Events))]
    public void AnEventWithoutAFieldThatItNeedsIsRefused(string line, string[] needed, TraceKind kind)
    {
        ArgumentNullException.ThrowIfNull(needed);
        TraceEvent said = Read(line)[^1];
        Assert.Equal((kind, 17), (said.Kind, kind == TraceKind.Usage ? 17 : said.ClientId));
        foreach (string field in needed)
        {
            string other = field.Replace('o', 'O').Replace('e', 'E').Replace('a', 'A') + "_";
            string without = line.Replace($" {field}=", $" {other}=", StringComparison.Ordinal);
            Assert.NotEqual(line, without);
            string message = Assert.Throws<TraceFormatException>(() => Read(without)).Message;
            Assert.Contains("has other fields than expected", message, StringComparison.Ordinal);
            string nonsense = line.Replace($" {field}=", $" {field}=!", StringComparison.Ordinal);
            if (field != "timeline")
            {
                Assert.Throws<TraceFormatException>(() => Read(nonsense));
            }
        }
    }

    [Theory]
    [InlineData("from=8, to=1")]
    [InlineData("from=1, to=8")]
    public void AHeapThatThereIsNotIsRefused(string heaps) =>
        Assert.Throws<TraceFormatException>(() => Read($"amdgpu_bo_move: bo=00000000aaaa0001, {heaps}, size=65536"));

    [Fact]
    public void AHeapMayBeTheLastThereIs()
    {
        TraceEvent move = Read("amdgpu_bo_move: bo=00000000aaaa0001, from=6, to=7, size=65536")[^1];
        Assert.Equal((6, 7), ((int)move.From, (int)move.To));
    }

    // AMDGPU_GEM_DOMAIN: 1 CPU, 2 GTT, 4 VRAM; the second is the best of what else is allowed.
    [Theory]
    [InlineData(4, 6, MemoryDomain.Vram, MemoryDomain.Gtt)]
    [InlineData(4, 4, MemoryDomain.Vram, MemoryDomain.Vram)]
    [InlineData(2, 6, MemoryDomain.Gtt, MemoryDomain.Vram)]
    [InlineData(2, 3, MemoryDomain.Gtt, MemoryDomain.System)]
    [InlineData(1, 1, MemoryDomain.System, MemoryDomain.System)]
    [InlineData(6, 7, MemoryDomain.Vram, MemoryDomain.System)]
    public void AMaskIsADomainAndASecond(int preferred, int allowed, MemoryDomain to, MemoryDomain second)
    {
        TraceEvent made = Assert.Single(Read($"amdgpu_bo_create: bo=1, pages=16, type=0, preferred={preferred}, allowed={allowed}, visible=1"));
        Assert.Equal((to, second, 65536ul), (made.To, made.From, made.SizeBytes));
    }

    // Kernels before 6.7 print the target twice; where the object was seen last is where it came from.
    [Fact]
    public void AMoveFromAHeapToItselfIsRepaired()
    {
        List<TraceEvent> moves = [.. Read(
            "amdgpu_bo_move: bo=1, from=0, to=0, size=4096", "amdgpu_bo_move: bo=1, from=2, to=2, size=4096", "amdgpu_bo_move: bo=1, from=2, to=2, size=4096",
            "amdgpu_bo_move: bo=1, from=2, to=1, size=4096", "amdgpu_bo_move: bo=1, from=0, to=0, size=4096").Where(static e => e.Kind == TraceKind.Move)];
        Assert.Equal(
            [
                (MemoryDomain.Gtt, MemoryDomain.System, TraceFlags.Repaired), (MemoryDomain.System, MemoryDomain.Vram, TraceFlags.Repaired),
                (MemoryDomain.System, MemoryDomain.Vram, TraceFlags.Repaired), (MemoryDomain.Vram, MemoryDomain.Gtt, TraceFlags.None),
                (MemoryDomain.Gtt, MemoryDomain.System, TraceFlags.Repaired),
            ],
            moves.Select(static e => (e.From, e.To, e.Flags)));
    }

    [Theory]
    [InlineData("total_bo_size=3, total_bo_count=65536", TraceFlags.Repaired)]
    [InlineData("total_bo_size=65536, total_bo_count=3", TraceFlags.None)]
    public void TheLargerOfTwoSwappedNumbersAreTheBytes(string fields, TraceFlags flags)
    {
        TraceEvent usage = Assert.Single(Read("amdgpu_cs_bo_status: " + fields));
        Assert.Equal((65536ul, 3ul, flags), (usage.SizeBytes, usage.RelatedId, usage.Flags));
    }

    [Theory]
    [InlineData("i915_gem_object_fault: obj=00000000dddd0001, GTT index=3 , writable", 12288, 4096, TraceFlags.Write)]
    [InlineData("i915_gem_object_fault: obj=00000000dddd0001, GTT index=3 ", 12288, 4096, TraceFlags.None)]
    [InlineData("i915_gem_object_pwrite: obj=00000000dddd0001, offset=100, len=200", 100, 200, TraceFlags.Write)]
    [InlineData("i915_gem_object_pread: obj=00000000dddd0001, offset=100, len=200", 100, 200, TraceFlags.None)]
    public void TheCpuTouchesApart(string line, long offset, long size, TraceFlags flags)
    {
        TraceEvent touch = Read(line)[^1];
        Assert.Equal((offset, size, flags), ((long)touch.OffsetBytes, (long)touch.SizeBytes, touch.Flags));
    }

    // A bind says where in the address space; the use that it stands for begins at the object's own start.
    [Fact]
    public void WhatIntelBindsIsMappedThereAndUsedWhole()
    {
        TraceEvent[] told = [.. Read("i915_vma_bind: obj=00000000dddd0001, offset=0x1000 size=0x10000 vm=00000000cccc0001").TakeLast(2)];
        Assert.Equal([(TraceKind.GpuMap, 0x1000ul), (TraceKind.Use, 0ul)], told.Select(static e => (e.Kind, e.OffsetBytes)));
        Assert.Equal([TraceFlags.None, TraceFlags.Inferred], told.Select(static e => e.Flags));
        Assert.All(told, static e => Assert.Equal(0x10000ul, e.SizeBytes));
    }

    [Theory]
    [InlineData("system", "vram0", MemoryDomain.System, MemoryDomain.Vram)]
    [InlineData("vram1", "tt", MemoryDomain.Vram, MemoryDomain.Gtt)]
    [InlineData("gtt", "stolen", MemoryDomain.Gtt, MemoryDomain.Vram)]
    [InlineData("none", "sysmem", MemoryDomain.System, MemoryDomain.System)]
    public void AnObjectOfXeMovesBetweenPlacesByName(string from, string to, MemoryDomain source, MemoryDomain target)
    {
        TraceEvent move = Read($"xe_bo_move: move_lacks_source:no, migrate object 0000000012345678 [size 65536] from {from} to {to} device_id:0000:03:00.0")[^1];
        Assert.Equal((TraceKind.Move, source, target, 65536ul), (move.Kind, move.From, move.To, move.SizeBytes));
    }

    [Theory]
    [InlineData("migrate object 0000000012345678 [size 65536] from elsewhere to vram0")]
    [InlineData("migrate object 0000000012345678 [size 65536] from vram0 to")]
    [InlineData("migrate object 0000000012345678 [size 65536] from vram0 ")]
    [InlineData("migrate object 0000000012345678 [size x] from vram0 to system")]
    [InlineData("migrate object zzz [size 65536] from vram0 to system")]
    [InlineData("migrate object 0000000012345678 from vram0 to system")]
    public void AMoveOfXeWithoutAPartIsRefused(string text) =>
        Assert.Throws<TraceFormatException>(() => Read("xe_bo_move: move_lacks_source:no, " + text));

    [Fact]
    public void AnAddressThatIsUsedAgainIsAnotherObject()
    {
        List<TraceEvent> events = Read("amdgpu_bo_create: bo=1, pages=1, type=0, preferred=4, allowed=4, visible=1", "amdgpu_bo_create: bo=1, pages=2, type=0, preferred=4, allowed=4, visible=1");
        Assert.Equal([TraceKind.Create, TraceKind.Destroy, TraceKind.Create], events.Select(static e => e.Kind));
        Assert.Equal([1ul, 1ul, 2ul], events.Select(static e => e.ObjectId));
        Assert.Equal(TraceFlags.Inferred, events[1].Flags);
    }

    // "-PID [cpu]" is looked for, since a command may hold blanks, dashes and brackets; the group of record-tgid may follow the pid.
    [Theory]
    [InlineData("  a-b [c] d-17 [001] d..1. 12.000000001: ", 17)]
    [InlineData("Xorg-17 (   12) [001] .... 12.000000001: ", 17)]
    [InlineData("<...>-17    [001] 12.000000001: ", 17)]
    [InlineData("a-2147483647 [0] 12.000000001: ", int.MaxValue)]
    public void ALineBeginsWithWhoAndWhen(string head, int pid)
    {
        using ITraceReader reader = Open(head + "gpu_mem_total: gpu_id=0 pid=0 size=1\n" + head.Replace("12.000000001", "13.5", StringComparison.Ordinal) + "drm_vblank_event: crtc=1, seq=99\n");
        List<TraceEvent> events = Trace.ReadAll(reader);
        Assert.Equal([(0L, 0), (1_499_999_999L, pid)], events.Select(static e => (e.TimeNs, e.ClientId)));
    }

    [Theory]
    [InlineData("a-2147483648 [0] 12.0: ")]
    [InlineData("a-17 [x] 12.0: ")]
    [InlineData("a-x [0] 12.0: ")]
    [InlineData("a-17 [0] soon: ")]
    [InlineData("17 [0] 12.0: ")]
    [InlineData("a-17 0 12.0: ")]
    public void ALineWithoutWhoOrWhenIsRefused(string head)
    {
        const string First = "a-17 [0] 12.0: gpu_mem_total: gpu_id=0 pid=0 size=1\n";
        Assert.Equal(First.Length, Assert.Throws<TraceFormatException>(() => Trace.ReadAll(Open(First + head + "gpu_mem_total: gpu_id=0 pid=0 size=1\n"))).Offset);
    }

    [Theory]
    [InlineData(0, "device")]
    [InlineData(17, "process")]
    public void MemoryIsCountedForTheDeviceAndForEachProcess(int pid, string name)
    {
        TraceEvent usage = Assert.Single(Read($"gpu_mem_total: gpu_id=0 pid={pid} size=65536"));
        Assert.Equal((TraceKind.Usage, 65536ul, pid, MemoryDomain.Vram, name), (usage.Kind, usage.SizeBytes, usage.ClientId, usage.To, usage.Name));
    }

    private static ITraceReader Open(string text) => TraceFiles.Open(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x", new TraceOpenOptions { From = "ftrace" });

    private static List<TraceEvent> Read(params string[] lines)
    {
        using ITraceReader reader = Open(string.Concat(lines.Select(static line => $"  gpu-17 [000] 1.000001: {line}\n")));
        return Trace.ReadAll(reader);
    }
}
