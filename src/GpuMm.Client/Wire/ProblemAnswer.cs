namespace GpuMm.Client.Wire;

internal sealed record ProblemAnswer(string? Title, int? Status, string? Detail);
