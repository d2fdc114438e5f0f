using GpuMm.Traces.Model;

namespace GpuMm.Dashboard.Workloads;

/// <summary>A recording that the service plays on a device, as a workload by its name.</summary>
public interface ITraceSource
{
    /// <summary>The name by which it is started; letters, digits, '-', '_' and '.'.</summary>
    string Name { get; }

    /// <summary>Begins to read it; called for each run anew, from any thread.</summary>
    ITraceReader Open();
}
