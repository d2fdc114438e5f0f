using System;

namespace GpuMm.Traces.Model;

/// <summary>A trace in which objects are used and nothing else happens, which can be read as that.</summary>
public interface IUseReader : ITraceReader
{
    /// <summary>Reads on: the events that <see cref="ITraceReader.Read"/> would give, in a fourth of the memory.</summary>
    /// <param name="batch">Receives uses; at least 1 long.</param>
    /// <returns>Uses written to its start; 0 at the end of the trace only.</returns>
    /// <exception cref="TraceFormatException">The input is not what it should be; uses before the fault were handed out.</exception>
    int ReadUses(Span<TraceUse> batch);
}
