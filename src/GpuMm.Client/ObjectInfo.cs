namespace GpuMm.Client;

/// <summary>An object as the service shows it.</summary>
/// <param name="Id">Its number on the device.</param>
/// <param name="Name">Its name.</param>
/// <param name="ClientId">Who made it.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Domain">Where it is: vram, gtt or system; null while it holds no space.</param>
/// <param name="OffsetBytes">First byte there.</param>
/// <param name="Placement">Where its owner wants it.</param>
/// <param name="IsMisplaced">True when it is elsewhere.</param>
/// <param name="PinCount">How often it is pinned.</param>
public sealed record ObjectInfo(
    ulong Id, string Name, int ClientId, ulong SizeBytes, string? Domain, ulong OffsetBytes, string Placement, bool IsMisplaced, int PinCount);
