namespace GpuMm.Diagnostics;

/// <summary>An object that stood before the victim in the order and was not taken, or did not make room enough.</summary>
/// <param name="ObjectId">The object.</param>
/// <param name="Name">Its name; empty when it is not known.</param>
/// <param name="Reason">The rule that passed it over; <see cref="SkipReason.None"/> when it was evicted too.</param>
/// <param name="Status">What an attempt to move it answered.</param>
/// <param name="Rank">Its place in the order, from 0.</param>
public readonly record struct PassedCandidate(ulong ObjectId, string Name, SkipReason Reason, MmStatus Status, int Rank);
