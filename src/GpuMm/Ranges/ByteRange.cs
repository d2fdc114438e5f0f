using System.Globalization;

namespace GpuMm.Ranges;

/// <summary>A taken run of bytes, half-open: [<see cref="StartBytes"/>, <see cref="EndBytes"/>).</summary>
/// <param name="StartBytes">First byte.</param>
/// <param name="SizeBytes">Length in bytes; a range of 0 bytes is empty and overlaps nothing.</param>
public readonly record struct ByteRange(ulong StartBytes, ulong SizeBytes)
{
    /// <summary>First byte behind the range. A range that ends at 2^64 answers 0.</summary>
    public ulong EndBytes => unchecked(StartBytes + SizeBytes);

    /// <summary>True when the two ranges share a byte.</summary>
    /// <param name="other">The other range.</param>
    public bool Overlaps(ByteRange other)
    {
        // By subtraction: StartBytes + SizeBytes may wrap.
        return StartBytes >= other.StartBytes
            ? StartBytes - other.StartBytes < other.SizeBytes && SizeBytes != 0
            : other.StartBytes - StartBytes < SizeBytes && other.SizeBytes != 0;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"[0x{StartBytes:x}, 0x{EndBytes:x})");
}
