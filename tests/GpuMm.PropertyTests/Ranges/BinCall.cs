namespace GpuMm.PropertyTests.Ranges;

/// <summary>Numbers from which both sides derive the same operation and arguments.</summary>
public readonly record struct BinCall(int Roll, int Size, int Alignment, int Pick);
