namespace GpuMm.Simulation;

/// <summary>A job in its queue's ring, and afterwards what became of it until the ring comes round.</summary>
internal struct QueuedJob
{
    public JobDescription What;
    public ulong Order; // Of submission, over all queues of the machine.
    public ulong FirstDependency; // Its place in the queue's ring of dependencies.
    public int DependencyCount;
    public long SubmittedNs;
    public long StartNs;
    public long EndNs;
}
