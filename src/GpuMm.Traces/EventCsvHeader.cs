using System;

namespace GpuMm.Traces;

/// <summary>The columns of our own table of events.</summary>
internal static class EventCsvHeader
{
    public const string Line = "time_ns,kind,client,object,size,offset,related,from,to,cause,reason,flags,duration_ns,count,detail,status,device_kind,wishes,placement,name";

    public static bool IsStart(ReadOnlySpan<byte> head) => head.StartsWith("time_ns,kind,client,object,"u8);
}
