using System;

namespace GpuMm.RenderLoop;

/// <summary>The names of a device's objects by number; kept when an object is gone, so that a report can name it.</summary>
internal sealed class NameTable
{
    private string?[] _names = new string?[256];

    public void Set(ulong objectId, string name)
    {
        if (objectId >= (ulong)_names.Length)
        {
            Array.Resize(ref _names, (int)Math.Max((ulong)_names.Length * 2, objectId + 1));
        }

        _names[objectId] = name;
    }

    public string NameOf(ulong objectId) => objectId < (ulong)_names.Length ? _names[objectId] ?? "" : "";
}
