using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using GpuMm.Traces;
using GpuMm.Traces.Model;
using Xunit;

namespace GpuMm.TraceTests.Import;

/// <summary>Rows of libCacheSim's tables, cell by cell.</summary>
public sealed class CsvRowTests
{
    [Theory]
    [InlineData("1.5,8,4096", 1_500_000_000, 8, 4096)]
    [InlineData(" 2 , 8 , 4096 ", 2_000_000_000, 8, 4096)]
    [InlineData("\"2\",\"8\",\"4096\"", 2_000_000_000, 8, 4096)]
    [InlineData("0.000000001,18446744073709551615,1", 1, ulong.MaxValue, 1)]
    [InlineData("9000000000.999999999,8,1", 9_000_000_000_999_999_999, 8, 1)]
    [InlineData("9000000001,8,1", 9_000_000_001, 8, 1)] // No number of seconds that fits: as it is.
    [InlineData("18446744073709551615,8,1", long.MaxValue, 8, 1)]
    [InlineData("1,8,4096,9,rest", 1_000_000_000, 8, 4096)]
    public void ARowHasItsTimeItsIdAndItsSize(string row, long timeNs, ulong id, ulong size)
    {
        TraceEvent use = Assert.Single(Read(row));
        Assert.Equal((TraceKind.Use, timeNs, id, size, TraceFlags.None), (use.Kind, use.TimeNs, use.ObjectId, use.SizeBytes, use.Flags));
    }

    // Without a column of its own a size is 1 byte, and a time a microsecond a line.
    [Theory]
    [InlineData("8\n9\n", "8 1 1000, 9 1 2000")]
    [InlineData("5,8\n6,9\n", "8 1 5000000000, 9 1 6000000000")]
    [InlineData("# note\n5;8;16\n\n 6;9;32\r\n", "8 16 5000000000, 9 32 6000000000")]
    [InlineData("size,id\n16,8\n0,9\n32,9\n", "8 16 2000, 9 32 4000")] // A size of 0 is no request.
    [InlineData("Timestamp|Object-Id|Bytes\n5|8|16\n", "8 16 5000000000")]
    [InlineData("\"ts\",\"KEY\",\"obj_size\"\n5,8,16\n", "8 16 5000000000")]
    public void ColumnsAreFoundByNumberOrByName(string text, string expected) =>
        Assert.Equal(expected, string.Join(", ", Read(text).Select(static e => $"{e.ObjectId} {e.SizeBytes} {e.TimeNs}")));

    [Theory]
    [InlineData("op", "write", TraceFlags.Write)]
    [InlineData("Operation", "SET", TraceFlags.Write)]
    [InlineData("op", "put", TraceFlags.Write)]
    [InlineData("op", "read", TraceFlags.None)]
    [InlineData("op", "", TraceFlags.None)]
    [InlineData("other", "write", TraceFlags.None)]
    public void AnOperationMayWrite(string column, string op, TraceFlags flags) =>
        Assert.Equal(flags, Assert.Single(Read($"time,id,size,{column}\n1,8,16,{op}\n")).Flags);

    [Fact]
    public void ANameIsANumberThatItKeeps()
    {
        ulong[] ids = [.. Read("1,albedo,16\n2,normal,16\n3,albedo,16\n4,-8,16\n").Select(static e => e.ObjectId)];
        Assert.Equal((ids[0], 3), (ids[2], ids.Distinct().Count()));
        Assert.All(ids, static id => Assert.True(id > uint.MaxValue));
        ulong[] hashed = [.. Read("8,16\n8,16\n", "time-col=0,obj-id-col=1,obj-size-col=2,obj-id-is-num=false").Select(static e => e.ObjectId)];
        Assert.Equal((hashed[0], true), (hashed[1], hashed[0] != 8));
    }

    [Fact]
    public void InOurOwnTableAnEmptyWordIsTheUsualOne()
    {
        const string Header = "time_ns,kind,client,object,size,offset,related,from,to,cause,reason,flags,duration_ns,count,detail,status,device_kind,wishes,placement,name";
        TraceEvent full = Assert.Single(Read($"{Header}\n5,Move,1,8,16,2,3,Vram,Gtt,Eviction,0,0,7,1,0,Ok,MoveFinished,0,0,n\n"));
        Assert.Equal((TraceKind.Move, MemoryDomain.Vram, MemoryDomain.Gtt, TraceCause.Eviction), (full.Kind, full.From, full.To, full.Cause));
        TraceEvent empty = Assert.Single(Read($"{Header}\n5,Use,1,8,16,2,3,,,,0,0,7,1,0,,,0,0,\n"));
        Assert.Equal(new TraceEvent { TimeNs = 5, Kind = TraceKind.Use, ClientId = 1, ObjectId = 8, SizeBytes = 16, OffsetBytes = 2, RelatedId = 3, DurationNs = 7, Count = 1 }, empty);
    }

    // What is wrong, and where in the file.
    [Theory]
    [InlineData("1,2,3\nsoon,2,3\n", "is no time in seconds", 6)]
    [InlineData("1,2,3\n-1,2,3\n", "is no time in seconds", 6)]
    [InlineData("1,2,3\n1,2,big\n", "is no size in bytes", 10)]
    [InlineData("1,2,3\n1,2,-3\n", "is no size in bytes", 10)]
    [InlineData("1,2,3\n1,2,18446744073709551616\n", "is no size in bytes", 10)]
    [InlineData("1,2,3\n1,2\n", "fewer than 3 columns", 6)]
    [InlineData("1,2,3\n1\n", "fewer than 3 columns", 6)]
    [InlineData("time,size\n1,2\n", "names no column of object ids", 0)]
    public void ARowThatIsNoneIsRefusedWhereItBegins(string text, string what, int at)
    {
        TraceFormatException refused = Assert.Throws<TraceFormatException>(() => Read(text));
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        Assert.Equal(at, refused.Offset);
    }

    private static List<TraceEvent> Read(string text, string? columns = null)
    {
        using ITraceReader reader = TraceFiles.Open(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x", new TraceOpenOptions { From = "csv", Columns = columns });
        return Trace.ReadAll(reader);
    }
}
