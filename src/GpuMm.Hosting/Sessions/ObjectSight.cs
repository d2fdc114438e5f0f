namespace GpuMm.Hosting.Sessions;

/// <summary>Where an object was when a viewer last looked.</summary>
/// <param name="HasSpace">Whether it held any space.</param>
/// <param name="Domain">Where.</param>
/// <param name="StartBytes">First byte there.</param>
/// <param name="RangeCount">In how many pieces.</param>
/// <param name="PinCount">How often it was pinned.</param>
internal readonly record struct ObjectSight(bool HasSpace, MemoryDomain Domain, ulong StartBytes, int RangeCount, int PinCount);
