namespace GpuMm.PropertyTests.Ranges;

/// <summary>Numbers from which both sides derive the same operation and arguments.</summary>
public readonly record struct BuddyCall(int Roll, int A, int B, int C, int Bits);
