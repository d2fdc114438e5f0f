using System;
using System.Collections.Generic;
using GpuMm.Traces.Model;

namespace GpuMm.RenderLoop.Workloads;

/// <summary>What a recording comes to, found by reading it once from start to end.</summary>
public sealed record RecordingFacts
{
    /// <summary>Most objects of a recording that a render loop does again.</summary>
    public const int MaxObjects = 1_000_000;

    /// <summary>The recording's name.</summary>
    public required string Name { get; init; }

    /// <summary>Frames that it marks.</summary>
    public required long FrameMarks { get; init; }

    /// <summary>Jobs that it queues.</summary>
    public required long Jobs { get; init; }

    /// <summary>Objects that it creates.</summary>
    public required long Objects { get; init; }

    /// <summary>Uses of objects by the GPU.</summary>
    public required long Uses { get; init; }

    /// <summary>Most bytes alive at a time.</summary>
    public required ulong PeakBytes { get; init; }

    /// <summary>The largest object, bytes.</summary>
    public required ulong LargestBytes { get; init; }

    /// <summary>Time from the first event to the last, ns.</summary>
    public required long DurationNs { get; init; }

    /// <summary>What ends a frame in it.</summary>
    public FrameBoundary Boundary => FrameMarks > 0 ? FrameBoundary.FrameMark : Jobs > 0 ? FrameBoundary.Job : FrameBoundary.Time;

    /// <summary>Reads a recording.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="reader">The recording, from its start; read to its end.</param>
    /// <exception cref="TraceFormatException">It is malformed, or creates more than <see cref="MaxObjects"/> objects.</exception>
    public static RecordingFacts Read(string name, ITraceReader reader)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(reader);
        TraceEvent[] batch = new TraceEvent[1024];
        Dictionary<ulong, ulong> alive = [];
        long frames = 0;
        long jobs = 0;
        long objects = 0;
        long uses = 0;
        long firstNs = -1;
        long lastNs = 0;
        ulong bytes = 0;
        ulong peak = 0;
        ulong largest = 0;
        for (int count = reader.Read(batch); count > 0; count = reader.Read(batch))
        {
            foreach (ref readonly TraceEvent each in batch.AsSpan(0, count))
            {
                firstNs = firstNs < 0 ? each.TimeNs : firstNs;
                lastNs = Math.Max(lastNs, each.TimeNs);
                frames += each.Kind == TraceKind.Frame ? 1 : 0;
                jobs += each.Kind == TraceKind.Submit ? 1 : 0;
                uses += each.Kind == TraceKind.Use ? 1 : 0;
                if (each.Kind == TraceKind.Create && each.SizeBytes > 0 && alive.TryAdd(each.ObjectId, each.SizeBytes))
                {
                    objects++;
                    bytes += each.SizeBytes;
                    peak = Math.Max(peak, bytes);
                    largest = Math.Max(largest, each.SizeBytes);
                }
                else if (each.Kind == TraceKind.Destroy && alive.Remove(each.ObjectId, out ulong freed))
                {
                    bytes -= freed;
                }
            }

            if (objects > MaxObjects)
            {
                throw new TraceFormatException(name, 0, $"it creates more than {MaxObjects} objects", "Replay a part of it.");
            }
        }

        return new RecordingFacts
        {
            Name = name,
            FrameMarks = frames,
            Jobs = jobs,
            Objects = objects,
            Uses = uses,
            PeakBytes = peak,
            LargestBytes = largest,
            DurationNs = Math.Max(0, lastNs - Math.Max(0, firstNs)),
        };
    }
}
