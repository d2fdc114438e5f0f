using System;

namespace GpuMm.Traces.Model;

/// <summary>A trace that is written from its start to its end, whatever its format.</summary>
/// <remarks>One thread, unless the type says otherwise. Disposing without <see cref="Complete"/> leaves an unfinished file.</remarks>
public interface ITraceWriter : IDisposable
{
    /// <summary>Events written so far that the format has a form for; others are passed over, and what stays is not a whole trace.</summary>
    long Written { get; }

    /// <summary>Adds one event.</summary>
    /// <param name="traceEvent">The event.</param>
    /// <exception cref="TraceFormatException">The format cannot express it, such as a size over 4 GiB in 32 bits.</exception>
    void Write(in TraceEvent traceEvent);

    /// <summary>Writes what remains and the end of the file.</summary>
    void Complete();
}
