using System;

namespace GpuMm.Dashboard.Service;

/// <summary>The service cannot be started as it is asked to be: what, where, and how to put it right.</summary>
public sealed class ServeException : Exception
{
    /// <summary>A refusal.</summary>
    /// <param name="message">One sentence or two.</param>
    public ServeException(string message)
        : base(message)
    {
    }

    /// <summary>A refusal with its cause.</summary>
    /// <param name="message">One sentence or two.</param>
    /// <param name="innerException">The cause.</param>
    public ServeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
