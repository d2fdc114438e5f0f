using System;
using System.ComponentModel;
using GpuMm.Primitives;

namespace GpuMm.Hosting.Options;

/// <summary>A number of bytes that configuration may write as "8GiB", "256 MiB" or "4096".</summary>
/// <param name="Bytes">Bytes, 0 to 2^63 - 1.</param>
[TypeConverter(typeof(ByteCountConverter))]
public readonly record struct ByteCount(ulong Bytes)
{
    /// <summary>Reads a size.</summary>
    /// <param name="text">As <see cref="ByteSize.TryParse"/> takes it.</param>
    /// <exception cref="FormatException">It is no size; the message names the text and shows a good one.</exception>
    public static ByteCount Parse(string text) => ByteSize.TryParse(text, out ulong bytes)
        ? new ByteCount(bytes)
        : throw new FormatException($"'{text}' is no size; write one such as \"8GiB\", \"256MiB\" or \"4096\".");

    /// <summary>A size in binary mebibytes.</summary>
    /// <param name="mebibytes">At most 2^43.</param>
    public static ByteCount MiB(ulong mebibytes) => new(mebibytes << 20);

    /// <summary>A size in binary gibibytes.</summary>
    /// <param name="gibibytes">At most 2^33.</param>
    public static ByteCount GiB(ulong gibibytes) => new(gibibytes << 30);

    /// <inheritdoc/>
    public override string ToString() => ByteSize.Format(Bytes);
}
