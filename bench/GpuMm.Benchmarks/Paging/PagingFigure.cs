namespace GpuMm.Benchmarks.Paging;

/// <summary>One line of the table.</summary>
/// <param name="What">The question.</param>
/// <param name="Figure">The answer, as printed.</param>
/// <param name="Target">What it is held against.</param>
/// <param name="IsMet">Whether it holds; null where there is no target.</param>
internal readonly record struct PagingFigure(string What, string Figure, string Target, bool? IsMet);
