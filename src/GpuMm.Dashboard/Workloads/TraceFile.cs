using GpuMm.Traces;
using GpuMm.Traces.Model;

namespace GpuMm.Dashboard.Workloads;

/// <summary>A recording in a file, of any format that can be read.</summary>
/// <param name="name">The name by which it is started.</param>
/// <param name="path">The file.</param>
internal sealed class TraceFile(string name, string path) : ITraceSource
{
    public string Name { get; } = name;

    public ITraceReader Open() => TraceFiles.Open(path);
}
