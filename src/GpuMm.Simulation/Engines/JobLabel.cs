namespace GpuMm.Simulation;

/// <summary>What a job is for: nothing in it changes when it runs.</summary>
/// <param name="Activity">What is done.</param>
/// <param name="ClientId">For whom; 0 for nobody in particular.</param>
/// <param name="ObjectId">The object that is copied; 0 for none.</param>
/// <param name="From">Where the object comes from.</param>
/// <param name="To">Where it goes.</param>
public readonly record struct JobLabel(
    MachineActivity Activity, int ClientId = 0, ulong ObjectId = 0, MemoryDomain From = default, MemoryDomain To = default);
