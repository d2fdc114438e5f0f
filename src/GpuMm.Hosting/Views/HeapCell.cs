namespace GpuMm.Hosting.Views;

/// <summary>What lies in one piece of a domain.</summary>
/// <param name="UsedBytes">Bytes taken.</param>
/// <param name="PinnedBytes">Of them, bytes that may not move.</param>
/// <param name="MisplacedBytes">Of them, bytes whose owner would rather have them elsewhere.</param>
/// <param name="Objects">Objects that begin here.</param>
/// <param name="ClientId">The client that most of it belongs to; 0 for the host itself, or for none.</param>
/// <param name="AgeMs">Mean age of what lies here, ms, by bytes.</param>
/// <param name="IdleMs">Mean time since what lies here was used, ms, by bytes.</param>
public readonly record struct HeapCell(
    ulong UsedBytes, ulong PinnedBytes, ulong MisplacedBytes, int Objects, int ClientId, long AgeMs, long IdleMs);
