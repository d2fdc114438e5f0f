namespace GpuMm.Objects;

/// <summary>The members of a bulk move in one domain and priority: all nodes from the first to the last. Lock: the manager.</summary>
internal struct BulkRun
{
    public Resource? First;

    public Resource? Last;
}
