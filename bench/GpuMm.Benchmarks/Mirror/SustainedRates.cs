namespace GpuMm.Benchmarks.Mirror;

/// <summary>How fast the same copies go, one way of doing them.</summary>
/// <param name="GigabytesPerSecond">Bytes copied by the time that passed, all threads at work.</param>
/// <param name="CpuMicroseconds">Processor time of the whole process for each copy, µs: the device's too where it is of software.</param>
internal readonly record struct SustainedRates(double GigabytesPerSecond, double CpuMicroseconds);
