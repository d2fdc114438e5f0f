namespace GpuMm.Cli.Fault;

/// <summary>One step of a story.</summary>
internal sealed record FaultStoryStep(long SimNs, string Step, string Text);
