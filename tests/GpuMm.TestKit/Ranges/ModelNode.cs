using System;

namespace GpuMm.TestKit.Ranges;

/// <summary>A node of the <see cref="NaiveRangeModel"/>; 128 bits, so that nothing wraps.</summary>
public sealed record ModelNode(int Id, UInt128 Start, UInt128 Size, ulong Color)
{
    public UInt128 End => Start + Size;
}
