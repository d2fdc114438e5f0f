using System.Globalization;

namespace GpuMm.Ranges;

/// <summary>The name of one live node of a <see cref="RangeAllocator"/>; <c>default</c> means none.</summary>
/// <param name="Packed">Generation (upper 32 bits) and slot (lower 32 bits), opaque to everyone else.</param>
/// <remarks>
/// Live generations are odd and every reuse of a slot adds 2, so a freed handle is refused until its slot was reused
/// 2^31 times. Generations begin at a number that differs between allocators, so the handle of another allocator is
/// refused too, but for a chance of about 1 in 2^31. For that reason the number itself may differ from run to run when
/// allocators are created by several threads: compare ranges, not handles.
/// </remarks>
public readonly record struct RangeHandle(ulong Packed)
{
    internal RangeHandle(int slot, uint generation)
        : this(((ulong)generation << 32) | (uint)slot)
    {
    }

    /// <summary>True for <c>default</c>.</summary>
    public bool IsNone => Packed == 0;

    internal uint Slot => unchecked((uint)Packed);

    internal uint Generation => (uint)(Packed >> 32);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"range {Slot} (generation {Generation})");
}
