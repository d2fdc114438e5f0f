using System;

namespace GpuMm.Traces;

/// <summary>The columns of our own table of events.</summary>
internal static class EventCsvHeader
{
    public const string Line = "time_ns,kind,client,object,size,offset,related,from,to,cause,reason,flags,name";

    public static bool IsStart(ReadOnlySpan<byte> head) => head.StartsWith("time_ns,kind,client,object,"u8);
}
