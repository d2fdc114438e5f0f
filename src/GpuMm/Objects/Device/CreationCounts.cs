using System.Runtime.InteropServices;

namespace GpuMm.Objects;

/// <summary>What every creation changes, apart from what every operation reads. A mutable struct: keep it in a field.</summary>
[StructLayout(LayoutKind.Explicit, Size = 2 * LineBytes)]
internal struct CreationCounts
{
    private const int LineBytes = 128; // Processors fetch lines in pairs

    /// <summary>The last object's number. Interlocked.</summary>
    [FieldOffset(LineBytes)]
    public ulong LastId;

    /// <summary>The next page of the device file. Interlocked.</summary>
    [FieldOffset(LineBytes + 8)]
    public ulong NextWindowPage;
}
