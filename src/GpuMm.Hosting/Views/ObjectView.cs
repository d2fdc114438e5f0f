namespace GpuMm.Hosting.Views;

/// <summary>An object as viewers see it.</summary>
/// <param name="Id">Its number on the device.</param>
/// <param name="Name">Its name.</param>
/// <param name="ClientId">Who made it; 0 for the host itself.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Domain">Where it is; null while it holds no space.</param>
/// <param name="OffsetBytes">First byte there; 0 in system RAM.</param>
/// <param name="Ranges">In how many pieces; 0 in system RAM.</param>
/// <param name="Placement">Where its owner wants it.</param>
/// <param name="IsMisplaced">True when it is elsewhere than the owner's first wish.</param>
/// <param name="PinCount">How often it is pinned.</param>
/// <param name="Priority">Eviction priority; 0 goes first.</param>
/// <param name="IsPurgeable">Whether its contents may be dropped.</param>
/// <param name="IsSwapped">Whether its contents are in the swap store.</param>
/// <param name="AgeMs">Time since it was made, ms.</param>
/// <param name="IdleMs">Time since it was last used, ms.</param>
/// <param name="SharedName">Under which name others open it, or null.</param>
public sealed record ObjectView(
    ulong Id,
    string Name,
    int ClientId,
    ulong SizeBytes,
    string? Domain,
    ulong OffsetBytes,
    int Ranges,
    string Placement,
    bool IsMisplaced,
    int PinCount,
    int Priority,
    bool IsPurgeable,
    bool IsSwapped,
    long AgeMs,
    long IdleMs,
    string? SharedName);
