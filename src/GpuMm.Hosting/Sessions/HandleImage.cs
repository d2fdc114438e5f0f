using GpuMm.Paging;

namespace GpuMm.Hosting.Sessions;

/// <summary>A handle at one moment.</summary>
/// <param name="Handle">Its number.</param>
/// <param name="Tracked">The object.</param>
/// <param name="Address">Where it is mapped; 0 for nowhere.</param>
/// <param name="Protection">What the mapping allows.</param>
/// <param name="Pins">Pins of this client.</param>
/// <param name="PinnedIn">The placement that was asked for with the first pin; null for none.</param>
/// <param name="SharedName">The name that the object is shared under, or null.</param>
/// <param name="IsPurgeable">Whether its contents may be dropped.</param>
internal readonly record struct HandleImage(
    uint Handle, TrackedObject Tracked, ulong Address, VmProtection Protection, int Pins, string? PinnedIn, string? SharedName, bool IsPurgeable);
