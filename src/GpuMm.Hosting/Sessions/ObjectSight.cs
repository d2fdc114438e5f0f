namespace GpuMm.Hosting.Sessions;

/// <summary>Where an object was when a viewer last looked.</summary>
/// <remarks>A class, so that it is replaced in one go: many viewers look at a time, and half of an old sight with half of a new one would lie outside any domain.</remarks>
/// <param name="HasSpace">Whether it held any space.</param>
/// <param name="Domain">Where.</param>
/// <param name="StartBytes">First byte there.</param>
/// <param name="RangeCount">In how many pieces.</param>
/// <param name="PinCount">How often it was pinned.</param>
internal sealed record ObjectSight(bool HasSpace, MemoryDomain Domain, ulong StartBytes, int RangeCount, int PinCount)
{
    /// <summary>Not seen yet.</summary>
    public static ObjectSight None { get; } = new(false, MemoryDomain.System, 0, 0, 0);
}
