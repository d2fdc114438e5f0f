using System.Collections.Generic;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Export;

/// <summary>
/// What timelines need and events only imply: how long each move took, and how many bytes each domain held at each change.
/// </summary>
/// <remarks>Memory: some bytes per live object. A move without a known length counts at its own time with length 0.</remarks>
internal sealed class MoveTracks
{
    private const int Domains = 8;

    private readonly Dictionary<ulong, Seen> _objects = [];
    private readonly long[] _bytes = new long[Domains];

    /// <summary>Bytes in use in a domain.</summary>
    public long BytesIn(MemoryDomain domain) => _bytes[(int)domain];

    /// <summary>Takes note of an event.</summary>
    /// <returns>True when the bytes of a domain changed.</returns>
    public bool Apply(in TraceEvent e, out MoveSpan span)
    {
        span = default;
        switch (e.Kind)
        {
            case TraceKind.Create when e.DeviceKind == 0:
                _objects[e.ObjectId] = new Seen(e.To, e.SizeBytes, 0, true);
                Count(e.To, (long)e.SizeBytes);
                return true;
            case TraceKind.Create:
                _objects[e.ObjectId] = new Seen(e.To, e.SizeBytes, 0, false);
                return false;
            case TraceKind.MoveStarted:
                Seen old = _objects.GetValueOrDefault(e.ObjectId);
                _objects[e.ObjectId] = old with { StartNs = e.TimeNs };
                return false;
            case TraceKind.Move:
                return Move(e, out span);
            case TraceKind.Destroy or TraceKind.Purge when _objects.Remove(e.ObjectId, out Seen gone):
                if (gone.IsCounted)
                {
                    Count(gone.Domain, -(long)gone.SizeBytes);
                }

                return gone.IsCounted;
            default:
                return false;
        }
    }

    private bool Move(in TraceEvent e, out MoveSpan span)
    {
        Seen seen = _objects.GetValueOrDefault(e.ObjectId);
        long start = seen.StartNs != 0 ? seen.StartNs : e.TimeNs;
        span = new MoveSpan(start, e.DurationNs != 0 ? (long)System.Math.Min(e.DurationNs, long.MaxValue / 4) : e.TimeNs - start);
        if (seen.IsCounted)
        {
            Count(seen.Domain, -(long)seen.SizeBytes);
        }

        _objects[e.ObjectId] = new Seen(e.To, e.SizeBytes, 0, true);
        Count(e.To, (long)e.SizeBytes);
        return true;
    }

    private void Count(MemoryDomain domain, long bytes) => _bytes[(int)domain & (Domains - 1)] = unchecked(_bytes[(int)domain & (Domains - 1)] + bytes);

    internal readonly record struct MoveSpan(long StartNs, long LengthNs);

    private readonly record struct Seen(MemoryDomain Domain, ulong SizeBytes, long StartNs, bool IsCounted);
}
