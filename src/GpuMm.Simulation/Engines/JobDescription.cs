namespace GpuMm.Simulation;

/// <summary>How long a job occupies its engine: first alone, then streaming over the link.</summary>
/// <param name="FixedNs">Time that does not depend on others, ns; 0 or more.</param>
/// <param name="LinkNs">Time on the link when nobody else uses it, ns; 0 or more.</param>
/// <param name="LinkBytes">Bytes that cross the link meanwhile.</param>
/// <param name="Direction">Which way.</param>
/// <param name="Label">What it is for.</param>
/// <param name="NotBeforeNs">It does not start before; 0 for at once. Its queue waits with it.</param>
public readonly record struct JobDescription(
    long FixedNs,
    long LinkNs = 0,
    ulong LinkBytes = 0,
    LinkDirection Direction = LinkDirection.ToDevice,
    JobLabel Label = default,
    long NotBeforeNs = 0);
