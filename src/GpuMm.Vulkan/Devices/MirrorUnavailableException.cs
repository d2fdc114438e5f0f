using System;

namespace GpuMm.Vulkan.Devices;

/// <summary>There is no Vulkan device to mirror on. The message is one line that says what is missing and what helps.</summary>
public sealed class MirrorUnavailableException : Exception
{
    /// <summary>No device.</summary>
    public MirrorUnavailableException()
        : this("there is no Vulkan device")
    {
    }

    /// <summary>No device.</summary>
    /// <param name="reason">What is missing, and what helps.</param>
    public MirrorUnavailableException(string reason)
        : base("mirror unavailable: " + reason)
    {
    }

    /// <summary>No device.</summary>
    /// <param name="reason">What is missing, and what helps.</param>
    /// <param name="innerException">Why.</param>
    public MirrorUnavailableException(string reason, Exception innerException)
        : base("mirror unavailable: " + reason, innerException)
    {
    }
}
