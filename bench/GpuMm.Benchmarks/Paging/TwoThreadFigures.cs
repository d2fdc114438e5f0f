namespace GpuMm.Benchmarks.Paging;

/// <summary>What two threads did beside one, and beside what the processors had to give in the same rounds.</summary>
/// <param name="Best">The best round of one over the best of two, times two.</param>
/// <param name="Median">The same of the medians.</param>
/// <param name="Possible">What work that shares nothing and keeps a processor's units busy reached, by best.</param>
/// <param name="PossibleMedian">The same of the medians.</param>
/// <param name="AloneSeconds">The best round of one thread.</param>
/// <param name="BothSeconds">The best round of two.</param>
internal readonly record struct TwoThreadFigures(
    double Best, double Median, double Possible, double PossibleMedian, double AloneSeconds, double BothSeconds);
