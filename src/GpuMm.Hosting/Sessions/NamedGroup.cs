using GpuMm.Objects;

namespace GpuMm.Hosting.Sessions;

/// <summary>A group of clients: a session, a container, a kind of program. Groups lie in groups.</summary>
/// <param name="Path">Its name with those of the groups round it, such as "games/shooter".</param>
/// <param name="Group">Its node in the device's tree.</param>
internal sealed record NamedGroup(string Path, MemoryGroup Group);
