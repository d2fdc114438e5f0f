namespace GpuMm.Simulation;

/// <summary>What crossed the link in one direction so far.</summary>
/// <param name="Bytes">Bytes of finished transfers.</param>
/// <param name="Transfers">Finished transfers; a CPU access counts as one.</param>
/// <param name="BusyNs">Time with at least one transfer under way, ns. Half duplex: both directions' time, in each.</param>
public readonly record struct LinkUse(ulong Bytes, long Transfers, long BusyNs);
