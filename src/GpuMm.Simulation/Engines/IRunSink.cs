namespace GpuMm.Simulation;

/// <summary>Is told what happens while a <see cref="RunState"/> runs.</summary>
internal interface IRunSink
{
    void Started(EngineQueue queue, ulong seqno, long ns);

    void Ended(EngineQueue queue, ulong seqno, long ns);
}
