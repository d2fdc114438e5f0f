namespace GpuMm.Client.Wire;

internal sealed record AdviceAnswer(bool IsRetained);
