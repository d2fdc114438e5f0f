namespace GpuMm.Simulation;

/// <summary>Where an engine stands: Idle --start--> Fixed --its time--> Link --its share--> Idle; a phase of no length is skipped.</summary>
internal struct EngineRun
{
    public EnginePhase Phase;
    public int Queue; // Whose head runs; -1: the CPU's transfer.
    public int Lane;
    public long EndNs; // Of the fixed phase.
    public long Remaining; // Of the link phase: nanoseconds alone times Machine.WorkPerNs.
}
