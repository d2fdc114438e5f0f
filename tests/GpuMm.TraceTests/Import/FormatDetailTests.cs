using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using GpuMm.Traces;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.TraceTests.Import;

/// <summary>Small print of the formats: what a line, a column or a byte means where its neighbours mean something else.</summary>
public sealed class FormatDetailTests
{
    [Theory]
    [InlineData("amdgpu_vm_bo_map: bo=ffff8881aaaa0000, start=100, last=10f, offset=0000000000, flags=00000073", 0x10_0000, 0x1_0000, true)]
    [InlineData("amdgpu_vm_bo_map: bo=          (null), start=100, last=10f, offset=0000000000, flags=00000073", 0x10_0000, 0x1_0000, false)]
    [InlineData("amdgpu_vm_bo_map: bo=0000000000000000, start=100, last=10f, offset=0000000000, flags=00000073", 0x10_0000, 0x1_0000, false)]
    [InlineData("amdgpu_vm_bo_update: soffs=0000000100, eoffs=0000000110, flags=00000073", 0x10_0000, 0x1_0000, false)] // The end is the page behind the last.
    [InlineData("xe_vma_bind: dev=0, vma=00000000c0ffee00, vm=1, asid=0x1, start=0x000000100000, end=0x00000010ffff, userptr=0x0,", 0x10_0000, 0x1_0000, false)]
    [InlineData("xe_vma_bind: dev=0, vma=00000000c0ffee00, vm=1, asid=0x1, start=0x000000100000, end=0x000000110000, userptr=0x0,", 0x10_0000, 0x1_0000, false)]
    public void AKernelMappingHasItsPlaceAndSize(string line, long offset, long size, bool hasObject)
    {
        TraceEvent map = Read("  gpu-1 [000] 1.000001: " + line + "\n").Single(static e => e.Kind == TraceKind.GpuMap);
        Assert.Equal((offset, size), ((long)map.OffsetBytes, (long)map.SizeBytes));
        Assert.Equal(hasObject, map.ObjectId != 0);
    }

    // Seconds whose two low bytes are how a pickle or a gzip file begins.
    [Theory]
    [InlineData(0x0280u)]
    [InlineData(0x0580u)]
    [InlineData(0x8B1Fu)]
    [InlineData(0xFFFF_0480u)]
    public void RecordsAreRecordsWhateverTheirClockSays(uint seconds)
    {
        using ITraceReader reader = TraceFiles.Open(new MemoryStream(Records(seconds, seconds + 1, -1)), "requests");
        Assert.Equal("oracle", reader.Description.Format);
        Assert.Equal(3, Trace.ReadAll(reader).Count);
    }

    [Fact]
    public void TheNameOfAFileIsBelievedWhereItsContentTellsNothing()
    {
        byte[] backwards = Records(9, 3, 0); // The clock goes back, and 0 is no next use.
        Assert.Contains(
            "fits no format", Assert.Throws<TraceFormatException>(() => TraceFiles.Open(new MemoryStream(backwards), "requests.bin")).Message, StringComparison.Ordinal);
        using ITraceReader reader = TraceFiles.Open(new MemoryStream(backwards), "w01.oracleGeneral.bin");
        Assert.Equal(3, Trace.ReadAll(reader).Count);
        using ITraceReader text = TraceFiles.Open(new MemoryStream("time,id,size\n1,2,3\n"u8.ToArray()), "w01.oracleGeneral.bin");
        Assert.Equal("csv", text.Description.Format);
    }

    [Fact]
    public void TheColumnsMayBeSaidInLibCacheSimsWords()
    {
        using ITraceReader reader = TraceFiles.Open(
            new MemoryStream("1,60,a,4096,t1\n2,60,b,8192,t1\n3,60,a,4096,t2\n"u8.ToArray()), "x",
            new TraceOpenOptions { Columns = "time_col=1, ttl-col=2, obj-id-col=3, obj-size-col=4, tenant-col=5, obj_id_is_num=0, header=false" });
        List<TraceEvent> events = Trace.ReadAll(reader);
        Assert.Equal([4096ul, 8192ul, 4096ul], events.Select(static e => e.SizeBytes));
        Assert.Equal([true, false], [events[0].ObjectId == events[2].ObjectId, events[0].ObjectId == events[1].ObjectId]);
        Assert.Throws<TraceFormatException>(() => TraceFiles.Open(new MemoryStream([49]), "x", new TraceOpenOptions { Columns = "ttl-col=x" }));
    }

    [Theory]
    [InlineData("1,8,4096", "delimiter=,")]
    [InlineData("1,8,4096", "delimiter=,,obj-id-col=2")]
    [InlineData("1;8;4096", "delimiter=;,obj-id-col=2")]
    [InlineData("1;8;4096", "obj-id-col=2,delimiter=;")]
    [InlineData("1|8|4096", "delimiter=|, time-col=1")]
    [InlineData("1\t8\t4096", "delimiter=\\t,obj-id-col=2")]
    [InlineData("1\t8\t4096", "delimiter=tab,obj-id-col=2")]
    [InlineData("1t8t4096", "delimiter=t,obj-id-col=2")]
    [InlineData("1,9,8,4096", "obj-id-col=3,obj-size-col=4")]
    [InlineData("time,id,size\n1,8,4096", "has-header=true")]
    [InlineData("time,id,size\n1,8,4096", "header=1")]
    [InlineData("time,id,size\n1,8,4096", "has-header=TRUE")]
    [InlineData("time,id,size\n1,8,4096", "has_header=True,")]
    public void ColumnsAndDelimitersAreWhatTheyAreSaidToBe(string text, string columns)
    {
        using ITraceReader reader = TraceFiles.Open(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x", new TraceOpenOptions { Columns = columns });
        TraceEvent use = Assert.Single(Trace.ReadAll(reader));
        Assert.Equal((8ul, 4096ul, 1_000_000_000L), (use.ObjectId, use.SizeBytes, use.TimeNs));
    }

    [Theory]
    [InlineData("obj-id-col")]
    [InlineData("=3")]
    [InlineData("obj-id-col=")]
    [InlineData("obj-id-col=-1")]
    [InlineData("obj-id-col=1001")]
    [InlineData("delimiter=ab")]
    [InlineData("delimiter=")]
    [InlineData("cnt-col=x")]
    public void AColumnThatIsNoneIsRefused(string columns) =>
        Assert.Throws<TraceFormatException>(() => TraceFiles.Open(new MemoryStream("1,8,4096"u8.ToArray()), "x", new TraceOpenOptions { Columns = columns }));

    [Fact]
    public void AResizedAllocationEndsAndBeginsAnew()
    {
        List<TraceEvent> events = Read(
            "Vulkan Memory Allocator,Calls recording\n1,4\n1,0.1,0,vmaAllocateMemory,4096,256,255,0,1,0,0,0,0,000001D8,\n" +
            "1,0.2,0,vmaResizeAllocation,000001D8,8192\n1,0.3,0,vmaFreeMemory,000001D8\n");
        Assert.Equal(
            [(TraceKind.Create, 4096ul), (TraceKind.Destroy, 4096ul), (TraceKind.Create, 8192ul), (TraceKind.Destroy, 8192ul)],
            events.Where(static e => e.Kind is TraceKind.Create or TraceKind.Destroy).Select(static e => (e.Kind, e.SizeBytes)));
        Assert.Equal(2, events.Where(static e => e.Kind == TraceKind.Create).Select(static e => e.ObjectId).Distinct().Count());
    }

    [Fact]
    public void MemoryIsMappedByBothFormsOfTheCall()
    {
        List<TraceEvent> events = Read(
            """
            {"index":1,"function":{"name":"vkAllocateMemory","return":"VK_SUCCESS","args":{"pAllocateInfo":{"allocationSize":4096,"memoryTypeIndex":0},"pMemory":7}}}
            {"index":2,"function":{"name":"vkMapMemory2KHR","return":"VK_SUCCESS","args":{"pMemoryMapInfo":{"memory":7,"offset":0,"size":4096}}}}
            {"index":3,"function":{"name":"vkUnmapMemory2","return":"VK_SUCCESS","args":{"pMemoryUnmapInfo":{"memory":7}}}}
            """);
        Assert.Equal([TraceKind.Create, TraceKind.Use, TraceKind.Map, TraceKind.Unmap], events.Select(static e => e.Kind));
    }

    private static List<TraceEvent> Read(string text)
    {
        using ITraceReader reader = TraceFiles.Open(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x");
        return Trace.ReadAll(reader);
    }

    // Three requests of two objects.
    private static byte[] Records(uint first, uint second, long lastNext)
    {
        byte[] bytes = new byte[3 * 24];
        (uint Time, ulong Id, long Next)[] records = [(first, 5, 3), (second, 6, lastNext), (second, 5, lastNext)];
        for (int i = 0; i < records.Length; i++)
        {
            Span<byte> record = bytes.AsSpan(i * 24, 24);
            BinaryPrimitives.WriteUInt32LittleEndian(record, records[i].Time);
            BinaryPrimitives.WriteUInt64LittleEndian(record[4..], records[i].Id);
            BinaryPrimitives.WriteUInt32LittleEndian(record[12..], 4096);
            BinaryPrimitives.WriteInt64LittleEndian(record[16..], records[i].Next);
        }

        return bytes;
    }
}
