namespace GpuMm.Simulation;

/// <summary>For runs of a copy: nothing that happens there is real.</summary>
internal readonly struct IgnoreRun : IRunSink
{
    public void Started(EngineQueue queue, ulong seqno, long ns)
    {
    }

    public void Ended(EngineQueue queue, ulong seqno, long ns)
    {
    }
}
