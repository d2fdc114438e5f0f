using System.Collections.Generic;

namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>A job for the render engine.</summary>
/// <param name="Uses">What it uses; no object twice.</param>
/// <param name="GpuMicroseconds">Time on the engine beside reading; 0 to 60000000.</param>
public sealed record SubmitRequest(IReadOnlyList<JobUse> Uses, double GpuMicroseconds = 0);
