using System;

namespace GpuMm.RenderLoop;

/// <summary>A run could not go on: memory ran out, or a byte was wrong.</summary>
public sealed class DemoFailedException : Exception
{
    /// <summary>A failure.</summary>
    public DemoFailedException()
    {
    }

    /// <summary>A failure.</summary>
    /// <param name="message">What happened.</param>
    public DemoFailedException(string message)
        : base(message)
    {
    }

    /// <summary>A failure.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">Why.</param>
    public DemoFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
