namespace GpuMm.TestKit.Ranges;

/// <summary>A block of <see cref="NaiveBuddyModel"/>, in chunks.</summary>
public readonly record struct NaiveBuddyBlock(int Start, int Order, bool IsCleared);
