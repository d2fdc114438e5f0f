namespace GpuMm.PropertyTests;

/// <summary>One random call; what it means depends on the weights of the run.</summary>
public sealed record ResidencyCall(int Roll, int Slot, int Choice, int Offset, byte Value);
