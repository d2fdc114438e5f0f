using System;

namespace GpuMm.Hosting.State;

/// <summary>Kept state cannot be read or written: which file, what is wrong with it, and what to do.</summary>
public sealed class StateException : Exception
{
    /// <summary>A failure.</summary>
    /// <param name="message">One sentence or two.</param>
    public StateException(string message)
        : base(message)
    {
    }

    /// <summary>A failure with its cause.</summary>
    /// <param name="message">One sentence or two.</param>
    /// <param name="innerException">The cause.</param>
    public StateException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
