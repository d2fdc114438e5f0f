namespace GpuMm.Simulation;

/// <summary>For the run that counts: fences signal, and observers are told.</summary>
internal readonly struct RealRun(Machine machine) : IRunSink
{
    public void Started(EngineQueue queue, ulong seqno, long ns) => queue.JobAt(seqno).StartNs = ns;

    public void Ended(EngineQueue queue, ulong seqno, long ns) => machine.OnEnded(queue, seqno, ns);
}
