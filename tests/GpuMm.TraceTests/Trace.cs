using System;
using System.Collections.Generic;
using System.IO;
using GpuMm.Traces.Format;
using GpuMm.Traces.Model;

namespace GpuMm.TraceTests;

/// <summary>Short ways to write and read traces in memory.</summary>
internal static class Trace
{
    public static byte[] Native(IEnumerable<TraceEvent> events, int blockBytes = 4096, bool complete = true, int level = 1)
    {
        MemoryStream stream = new();
        using (GmmtWriter writer = new(
            stream,
            "test.gmmt",
            new SortedDictionary<string, string>(StringComparer.Ordinal) { ["source"] = "test" },
            new GmmtWriterOptions { BlockBytes = blockBytes, CompressionLevel = level }))
        {
            foreach (TraceEvent e in events)
            {
                writer.Write(e);
            }

            if (complete)
            {
                writer.Complete();
            }
            else
            {
                writer.Flush();
            }
        }

        return stream.ToArray();
    }

    public static GmmtReader Open(byte[] bytes) => new(new MemoryStream(bytes, writable: false), "test.gmmt");

    public static List<TraceEvent> ReadAll(ITraceReader reader, int batch = 64)
    {
        List<TraceEvent> events = [];
        TraceEvent[] buffer = new TraceEvent[batch];
        for (int count; (count = reader.Read(buffer)) > 0;)
        {
            events.AddRange(buffer.AsSpan(0, count));
        }

        return events;
    }
}
