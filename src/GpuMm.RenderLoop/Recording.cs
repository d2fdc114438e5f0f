using System;
using GpuMm.RenderLoop.Workloads;
using GpuMm.Traces.Model;

namespace GpuMm.RenderLoop;

/// <summary>A recording to be done again, of whatever format there is a reader for.</summary>
/// <param name="Facts">What it comes to.</param>
/// <param name="Open">Opens it from its start; each call gives a reader of its own.</param>
public sealed record Recording(RecordingFacts Facts, Func<ITraceReader> Open);
