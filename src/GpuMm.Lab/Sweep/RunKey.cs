using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace GpuMm.Lab.Sweep;

/// <summary>What identifies a run: the content of its inputs and the version of what runs it.</summary>
/// <remarks>Two runs with one key give the same metrics, so a stored one need not be done again. The names and paths of input
/// files are not in it; their bytes are. Source: the idea of content-addressed build caches.</remarks>
public static class RunKey
{
    /// <summary>Makes the key of a run.</summary>
    /// <param name="point">What is run. The order of its axes does not matter.</param>
    /// <param name="inputs">Axis name to the hash of what its value stands for, for axes whose values name files; others stand for themselves.</param>
    /// <param name="version">The version of the program and of its result format.</param>
    /// <returns>64 hexadecimal digits, lower case: a SHA-256.</returns>
    public static string Of(SweepPoint point, IReadOnlyDictionary<string, string> inputs, string version)
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(version);
        StringBuilder text = new();
        Line(text, "gpumm-run", "1");
        Line(text, "version", version);
        foreach (KeyValuePair<string, string> pair in point.Values.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            Line(text, pair.Key, inputs.TryGetValue(pair.Key, out string? hash) ? $"content:{hash}" : $"value:{pair.Value}");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    // Values have no line breaks (SweepAxis refuses them), so no two points make the same text.
    private static void Line(StringBuilder text, string name, string value) => text.Append(name).Append('=').Append(value).Append('\n');
}
