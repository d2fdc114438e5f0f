using GpuMm.Paging;

namespace GpuMm.Hosting.Sessions;

/// <summary>A handle at one moment.</summary>
/// <param name="Handle">Its number.</param>
/// <param name="Tracked">The object.</param>
/// <param name="Address">Where it is mapped; 0 for nowhere.</param>
/// <param name="Protection">What the mapping allows.</param>
/// <param name="Pins">Pins of this client.</param>
internal readonly record struct HandleImage(uint Handle, TrackedObject Tracked, ulong Address, VmProtection Protection, int Pins);
