using System;

namespace GpuMm.Vulkan.Mirror;

/// <summary>The device failed under a mirror that was asked to stop then, or it holds other bytes than the CPU.</summary>
public sealed class MirrorFailedException : Exception
{
    /// <summary>A failure.</summary>
    public MirrorFailedException()
    {
    }

    /// <summary>A failure.</summary>
    /// <param name="message">What happened.</param>
    public MirrorFailedException(string message)
        : base(message)
    {
    }

    /// <summary>A failure.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">Why.</param>
    public MirrorFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
