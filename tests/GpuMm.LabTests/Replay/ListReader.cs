using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using GpuMm.Traces.Model;

namespace GpuMm.LabTests.Replay;

/// <summary>A trace from a list.</summary>
internal sealed class ListReader(List<TraceEvent> events) : ITraceReader
{
    private int _next;

    public TraceDescription Description { get; } = new() { Format = "list" };

    public string? Warning => null;

    public double Progress => (double)_next / events.Count;

    public int Read(Span<TraceEvent> batch)
    {
        int count = int.Min(batch.Length, events.Count - _next);
        CollectionsMarshal.AsSpan(events).Slice(_next, count).CopyTo(batch);
        _next += count;
        return count;
    }

    public void Dispose()
    {
    }
}
