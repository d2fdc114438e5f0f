namespace GpuMm.Dashboard.WhatIf;

/// <summary>A run of the demo to try.</summary>
/// <param name="Scene">The scene.</param>
/// <param name="Machine">The machine; null for the scene's own.</param>
/// <param name="VramBytes">Video memory; null for the scene's own.</param>
/// <param name="Frames">Frames, 1 to <see cref="WhatIfService.MaxFrames"/>.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Policy">Who is evicted, by name; null for the usual policy.</param>
public sealed record WhatIfRequest(string Scene, string? Machine, ulong? VramBytes, int Frames, ulong Seed, string? Policy = null);
