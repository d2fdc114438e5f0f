using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using GpuMm.Diagnostics;
using GpuMm.Lab.Replay;

namespace GpuMm.Cli.Explain;

/// <summary>The names of all objects that ever were.</summary>
internal sealed class ObjectNames : IDeviceObserver
{
    private readonly Dictionary<ulong, string> _names = [];

    public void OnEvent(in DeviceEvent occurred)
    {
        if (occurred.Kind == DeviceEventKind.ObjectCreated)
        {
            _names[occurred.ObjectId] = string.IsNullOrEmpty(occurred.Name) ? ReplayTrace.NameOf(occurred.ObjectId) : occurred.Name;
        }
    }

    public string NameOf(ulong objectId) => _names.TryGetValue(objectId, out string? name) ? name : ReplayTrace.NameOf(objectId);

    /// <summary>Finds objects: by whole name; else by number, as the trace has it; else by part of the name.</summary>
    public IReadOnlyList<ulong> Find(string text)
    {
        IReadOnlyList<ulong> found = Where(name => string.Equals(name, text, StringComparison.Ordinal));
        if (found.Count == 0 && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong id))
        {
            found = Where(name => string.Equals(name, ReplayTrace.NameOf(id), StringComparison.Ordinal));
            found = found.Count == 0 && _names.ContainsKey(id) ? [id] : found;
        }

        return found.Count > 0 ? found : Where(name => name.Contains(text, StringComparison.OrdinalIgnoreCase));
    }

    private List<ulong> Where(Func<string, bool> condition) => [.. _names.Where(pair => condition(pair.Value)).Select(static pair => pair.Key)];
}
