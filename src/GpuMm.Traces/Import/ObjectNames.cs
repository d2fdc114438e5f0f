using System.Collections.Generic;
using GpuMm.Traces.Model;

namespace GpuMm.Traces.Import;

/// <summary>Gives objects numbers that are never reused, where the source names them by addresses or handles that are.</summary>
internal sealed class ObjectNames(string file)
{
    /// <summary>Most objects alive at a time: 16 million, about 600 MB of tables.</summary>
    public const int MaxLive = 1 << 24;

    private readonly Dictionary<ulong, LiveObject> _live = [];
    private ulong _last;

    public int LiveCount => _live.Count;

    public IEnumerable<KeyValuePair<ulong, LiveObject>> Live => _live;

    /// <summary>An object begins under a name; one that was alive under it is forgotten.</summary>
    public ulong Begin(ulong name, ulong sizeBytes, long offset)
    {
        if (_live.Count >= MaxLive)
        {
            throw new TraceFormatException(file, offset, $"more than {MaxLive} objects are alive at a time", "Cut the recording into shorter ones.");
        }

        ulong id = NextId();
        _live[name] = new LiveObject(id, sizeBytes);
        return id;
    }

    /// <summary>A number for something that ends at once.</summary>
    public ulong NextId() => ++_last;

    public bool TryFind(ulong name, out LiveObject found) => _live.TryGetValue(name, out found);

    public bool TryEnd(ulong name, out LiveObject found) => _live.Remove(name, out found);

    internal readonly record struct LiveObject(ulong Id, ulong SizeBytes);
}
