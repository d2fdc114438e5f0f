namespace GpuMm.Lab.Report;

/// <summary>Who did best at one value of the axis.</summary>
/// <param name="X">The value.</param>
/// <param name="Name">The best line that needs no knowledge of the future.</param>
/// <param name="Value">Its metric.</param>
/// <param name="WorstName">The worst such line.</param>
/// <param name="WorstValue">Its metric.</param>
/// <param name="Optimum">The floor there; null when it was not played.</param>
internal sealed record BestOfSize(double X, string Name, double Value, string WorstName, double WorstValue, double? Optimum);
