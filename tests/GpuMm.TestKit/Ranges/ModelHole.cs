using System;

namespace GpuMm.TestKit.Ranges;

/// <summary>A hole of the <see cref="NaiveRangeModel"/>, with the moment of its last change.</summary>
public sealed record ModelHole(UInt128 Start, UInt128 End, int Stamp)
{
    public UInt128 Size => End - Start;
}
