using System;
using System.Collections.Generic;
using GpuMm.Traces.Model;

namespace GpuMm.Traces;

/// <summary>What a trace holds, counted in one pass.</summary>
/// <remarks>Memory: about 60 bytes per object; objects beyond <see cref="MaxObjects"/> are not told apart any more.</remarks>
public sealed class TraceSummary
{
    /// <summary>Most objects that are told apart.</summary>
    public const int MaxObjects = 1 << 25;

    private readonly Dictionary<ulong, ulong> _sizes = [];
    private readonly long[] _kinds = new long[256];
    private ulong _aliveBytes;

    /// <summary>Events.</summary>
    public long Events { get; private set; }

    /// <summary>Uses by the GPU: the requests of a replay.</summary>
    public long Uses { get; private set; }

    /// <summary>Uses that the source does not hold, but an importer inferred.</summary>
    public long InferredUses { get; private set; }

    /// <summary>Different objects that are made or used.</summary>
    public long Objects => _sizes.Count;

    /// <summary>Bytes of all of them, each once.</summary>
    public ulong ObjectBytes { get; private set; }

    /// <summary>Most bytes made and not yet ended at a time; of traces without creations, all.</summary>
    public ulong PeakBytes { get; private set; }

    /// <summary>Bytes of the largest object.</summary>
    public ulong LargestBytes { get; private set; }

    /// <summary>Bytes that the source's own manager moved.</summary>
    public ulong MovedBytes { get; private set; }

    /// <summary>Time of the first event, ns.</summary>
    public long FirstNs { get; private set; }

    /// <summary>Latest time of an event, ns.</summary>
    public long LastNs { get; private set; }

    /// <summary>True when it is a recording of a device of GpuMm, which can be replayed to the same end state.</summary>
    public bool IsDeviceRecording { get; private set; }

    /// <summary>Counts a whole trace.</summary>
    /// <param name="reader">The trace.</param>
    /// <param name="progress">Told how much was read, 0 to 1; null for nobody.</param>
    /// <exception cref="TraceFormatException">The trace is malformed.</exception>
    public static TraceSummary Of(ITraceReader reader, Action<double>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        TraceSummary summary = new();
        TraceEvent[] batch = new TraceEvent[1024];
        long next = 1 << 18;
        for (int count; (count = reader.Read(batch)) > 0;)
        {
            foreach (ref readonly TraceEvent e in batch.AsSpan(0, count))
            {
                summary.Add(e);
            }

            if (summary.Events >= next)
            {
                next += 1 << 18;
                progress?.Invoke(reader.Progress);
            }
        }

        return summary;
    }

    /// <summary>Counts an event.</summary>
    /// <param name="e">The event.</param>
    public void Add(in TraceEvent e)
    {
        FirstNs = Events == 0 ? e.TimeNs : Math.Min(FirstNs, e.TimeNs);
        LastNs = Events == 0 ? e.TimeNs : Math.Max(LastNs, e.TimeNs);
        Events++;
        _kinds[(byte)e.Kind]++;
        IsDeviceRecording |= e.DeviceKind != 0;
        switch (e.Kind)
        {
            case TraceKind.Create:
                Meet(e.ObjectId, e.SizeBytes);
                _aliveBytes = unchecked(_aliveBytes + e.SizeBytes);
                PeakBytes = Math.Max(PeakBytes, _aliveBytes);
                break;
            case TraceKind.Destroy:
                ulong size = _sizes.GetValueOrDefault(e.ObjectId);
                _aliveBytes = _aliveBytes > size ? _aliveBytes - size : 0;
                break;
            case TraceKind.Use:
                Uses++;
                InferredUses += (e.Flags & TraceFlags.Inferred) != 0 ? 1 : 0;
                Meet(e.ObjectId, e.SizeBytes);
                break;
            case TraceKind.Move:
                MovedBytes = unchecked(MovedBytes + e.SizeBytes);
                break;
        }

        if (_kinds[(byte)TraceKind.Create] == 0)
        {
            PeakBytes = ObjectBytes;
        }
    }

    /// <summary>How many events of each kind there are; kinds without any are left out.</summary>
    public IReadOnlyList<KeyValuePair<TraceKind, long>> Kinds()
    {
        List<KeyValuePair<TraceKind, long>> kinds = [];
        for (int i = 0; i < _kinds.Length; i++)
        {
            if (_kinds[i] > 0)
            {
                kinds.Add(new KeyValuePair<TraceKind, long>((TraceKind)i, _kinds[i]));
            }
        }

        return kinds;
    }

    private void Meet(ulong id, ulong sizeBytes)
    {
        LargestBytes = Math.Max(LargestBytes, sizeBytes);
        if (_sizes.Count < MaxObjects && _sizes.TryAdd(id, sizeBytes))
        {
            ObjectBytes = unchecked(ObjectBytes + sizeBytes);
        }
    }
}
