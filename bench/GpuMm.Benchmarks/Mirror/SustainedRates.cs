namespace GpuMm.Benchmarks.Mirror;

/// <summary>How fast the same moves go, gigabytes per second.</summary>
/// <param name="Bare">The copies alone.</param>
/// <param name="Mirrored">Migrations by the manager, done on the device.</param>
/// <param name="Manager">The same migrations without a device: what the manager alone could keep up with.</param>
internal readonly record struct SustainedRates(double Bare, double Mirrored, double Manager);
