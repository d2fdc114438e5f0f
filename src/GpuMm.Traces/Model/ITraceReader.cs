using System;

namespace GpuMm.Traces.Model;

/// <summary>A trace that is read from its start to its end, whatever its format.</summary>
/// <remarks>One thread. Memory is bounded by what the format's page states, not by the length of the trace.</remarks>
public interface ITraceReader : IDisposable
{
    /// <summary>What is known without reading on.</summary>
    TraceDescription Description { get; }

    /// <summary>What was found wrong but could be survived, so far: one sentence, or null.</summary>
    string? Warning { get; }

    /// <summary>How much of the input was read, 0 to 1; for progress.</summary>
    double Progress { get; }

    /// <summary>Reads on.</summary>
    /// <param name="batch">Receives events; at least 1 long.</param>
    /// <returns>Events written to its start; 0 at the end of the trace only.</returns>
    /// <exception cref="TraceFormatException">The input is not what it should be; events before the fault were handed out.</exception>
    int Read(Span<TraceEvent> batch);
}
