using System.Collections.Generic;

namespace GpuMm.Lab.Report;

/// <summary>One line of a plot.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="X">Where, ascending.</param>
/// <param name="Y">How much; as many as <paramref name="X"/>.</param>
public sealed record PlotSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y);
