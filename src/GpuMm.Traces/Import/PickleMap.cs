using System.Collections.Generic;

namespace GpuMm.Traces.Import;

/// <summary>A pickled dict with text keys, in the order of its making: small, and searched by walking.</summary>
internal sealed class PickleMap
{
    private readonly List<KeyValuePair<string, object?>> _items = [];

    public int Count => _items.Count;

    public void Add(string key, object? value) => _items.Add(new KeyValuePair<string, object?>(key, value));

    /// <summary>The last value of a key, or null.</summary>
    public object? this[string key]
    {
        get
        {
            for (int i = _items.Count - 1; i >= 0; i--)
            {
                if (string.Equals(_items[i].Key, key, System.StringComparison.Ordinal))
                {
                    return _items[i].Value;
                }
            }

            return null;
        }
    }
}
