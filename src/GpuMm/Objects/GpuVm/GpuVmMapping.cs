namespace GpuMm.Objects;

/// <summary>A range of GPU addresses and what lies behind it. Never changes; a split makes new ones.</summary>
/// <param name="StartBytes">First GPU address; page-aligned.</param>
/// <param name="SizeBytes">Whole pages; at least one.</param>
/// <param name="Target">The object; null for a sparse range, which reads as zero.</param>
/// <param name="OffsetBytes">Offset into the object of the first address.</param>
public sealed record GpuVmMapping(ulong StartBytes, ulong SizeBytes, BufferObject? Target, ulong OffsetBytes)
{
    /// <summary>First address behind it.</summary>
    public ulong EndBytes => StartBytes + SizeBytes;

    /// <inheritdoc/>
    public override string ToString() => Target is null ? $"[0x{StartBytes:x}, 0x{EndBytes:x}) sparse" : $"[0x{StartBytes:x}, 0x{EndBytes:x}) {Target} + 0x{OffsetBytes:x}";

    // The part of this mapping that lies in [start, end).
    internal GpuVmMapping Part(ulong start, ulong end) =>
        new(start, end - start, Target, Target is null ? 0 : OffsetBytes + (start - StartBytes));
}
