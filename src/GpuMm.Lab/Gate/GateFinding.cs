using GpuMm.Lab.Sweep;

namespace GpuMm.Lab.Gate;

/// <summary>One metric of one run, before and now.</summary>
/// <param name="Point">The run.</param>
/// <param name="Metric">The metric; empty when the whole run is missing or failed.</param>
/// <param name="Baseline">Its value before; NaN when it was not there.</param>
/// <param name="Current">Its value now; NaN when it is not there.</param>
/// <param name="Verdict">What that means.</param>
/// <param name="Remark">The verdict in words.</param>
public sealed record GateFinding(SweepPoint Point, string Metric, double Baseline, double Current, GateVerdict Verdict, string Remark);
