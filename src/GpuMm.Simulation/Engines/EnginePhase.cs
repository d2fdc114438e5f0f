namespace GpuMm.Simulation;

/// <summary>The states of an <see cref="EngineRun"/>.</summary>
internal enum EnginePhase : byte
{
    Idle = 0,
    Fixed = 1,
    Link = 2,
}
