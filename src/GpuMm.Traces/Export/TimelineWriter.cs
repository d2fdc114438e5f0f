using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Export;

/// <summary>
/// The walk that timelines share: engines are tracks, moves slices with their cause, domains counters, decisions instants.
/// A format says only how a track, a slice, an instant and a counter are written.
/// </summary>
/// <remarks>
/// Slices of one track do not overlap: a copy that is queued behind another begins when that one ends and keeps its length; a
/// wait, and a job whose end the trace tells, keep their end. A job without a length lasts until its signal. Memory: some bytes
/// per live object and per job under way.
/// </remarks>
internal abstract class TimelineWriter : ITraceWriter
{
    protected const int CopyTrack = 1;
    protected const int DecisionTrack = 2;
    protected const int WaitTrack = 3;

    private const int FirstEngine = 16;
    private const int MaxEngines = 256; // The rest shares the last: names come from files.
    private const int MaxOpenJobs = 1 << 16;

    private readonly MoveTracks _moves = new();
    private readonly Dictionary<string, int> _engines = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Engine, ulong Context, ulong Seqno), TraceEvent> _openJobs = [];
    private readonly long[] _busyUntilNs = new long[FirstEngine + MaxEngines];

    protected TimelineWriter(Stream stream)
    {
        Stream = stream;
    }

    public long Written { get; private set; }

    protected Stream Stream { get; }

    public void Write(in TraceEvent e)
    {
        bool changes = _moves.Apply(e, out MoveTracks.MoveSpan span);
        switch (e.Kind)
        {
            case TraceKind.Move:
                AddSlice(e, $"{e.From} to {e.To}", CopyTrack, span.StartNs, span.LengthNs, keepsEnd: false);
                break;
            case TraceKind.Submit:
                Submit(e);
                break;
            case TraceKind.Signal when _openJobs.Remove((e.Name ?? "", e.OffsetBytes, e.RelatedId), out TraceEvent job):
                AddSlice(job, NameOf(job), TrackOf(NameOf(job)), job.TimeNs, e.TimeNs - job.TimeNs, keepsEnd: true);
                break;
            case TraceKind.Wait:
                long length = (long)Math.Min(e.DurationNs, (ulong)Math.Max(0, e.TimeNs));
                AddSlice(e, "wait", WaitTrack, e.TimeNs - length, length, keepsEnd: true);
                break;
            case TraceKind.Usage:
                Reported(e, e.Name == "process" ? string.Create(CultureInfo.InvariantCulture, $"process {e.ClientId}") : e.Name ?? "usage");
                Written++;
                break;
            case TraceKind.Evict or TraceKind.Fault or TraceKind.Purge or TraceKind.SwapIn or TraceKind.SwapOut or TraceKind.OutOfMemory
                or TraceKind.Frame or TraceKind.Reset or TraceKind.Limit or TraceKind.Marker:
                Instant(e, e.Kind == TraceKind.Marker ? e.Name ?? "marker" : e.Kind.ToString());
                Written++;
                break;
        }

        if (changes)
        {
            Domains(e.TimeNs, _moves);
            Written += e.Kind == TraceKind.Move ? 0 : 1;
        }
    }

    public void Complete()
    {
        // Nobody tells when these ended.
        foreach (TraceEvent job in _openJobs.Values)
        {
            AddSlice(job, NameOf(job), TrackOf(NameOf(job)), job.TimeNs, 0, keepsEnd: true);
        }

        _openJobs.Clear();
        End();
        Stream.Flush();
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void NameTrack(int track, string name);

    protected abstract void Slice(in TraceEvent e, string name, int track, long startNs, long lengthNs);

    protected abstract void Instant(in TraceEvent e, string name);

    /// <summary>What the source itself counts.</summary>
    protected abstract void Reported(in TraceEvent e, string name);

    /// <summary>What the domains hold from now on.</summary>
    protected abstract void Domains(long timeNs, MoveTracks moves);

    protected abstract void End();

    protected virtual void Dispose(bool disposing) => Stream.Dispose();

    private static string NameOf(in TraceEvent job) => job.Name ?? "render engine";

    private void Submit(in TraceEvent e)
    {
        ulong lengthNs = Math.Min(e.DurationNs != 0 ? e.DurationNs : e.SizeBytes, long.MaxValue / 4);
        if (lengthNs == 0 && _openJobs.Count < MaxOpenJobs && _openJobs.TryAdd((e.Name ?? "", e.OffsetBytes, e.RelatedId), e))
        {
            return;
        }

        AddSlice(e, NameOf(e), TrackOf(NameOf(e)), e.TimeNs, (long)lengthNs, keepsEnd: false);
    }

    private void AddSlice(in TraceEvent e, string name, int track, long startNs, long lengthNs, bool keepsEnd)
    {
        long start = Math.Max(startNs, _busyUntilNs[track]);
        long length = Math.Max(0, keepsEnd ? lengthNs - (start - startNs) : lengthNs);
        _busyUntilNs[track] = start + length;
        Slice(e, name, track, start, length);
        Written++;
    }

    private int TrackOf(string engine)
    {
        if (!_engines.TryGetValue(engine, out int track))
        {
            track = FirstEngine + Math.Min(_engines.Count, MaxEngines - 1);
            if (_engines.Count < MaxEngines)
            {
                _engines.Add(engine, track);
                NameTrack(track, _engines.Count == MaxEngines ? "other engines" : engine);
            }
        }

        return track;
    }
}
