using System;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Devices;

/// <summary>A Vulkan call failed.</summary>
public sealed class VulkanException : Exception
{
    /// <summary>A failure without a cause.</summary>
    public VulkanException()
        : this(Result.ErrorUnknown, "an unknown call")
    {
    }

    /// <summary>A failure.</summary>
    /// <param name="message">What happened.</param>
    public VulkanException(string message)
        : base(message)
    {
    }

    /// <summary>A failure.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">Why.</param>
    public VulkanException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>A failure of one call.</summary>
    /// <param name="result">What it answered.</param>
    /// <param name="call">The call, such as vkAllocateMemory.</param>
    public VulkanException(Result result, string call)
        : base(Sentence(result, call))
    {
        Result = result;
        Call = call;
    }

    /// <summary>What the call answered.</summary>
    public Result Result { get; } = Result.ErrorUnknown;

    /// <summary>The call.</summary>
    public string Call { get; } = "";

    private static string Sentence(Result result, string call) => result switch
    {
        Result.ErrorDeviceLost => $"the device was lost ({call} answered {result})",
        Result.ErrorOutOfDeviceMemory => $"the device is out of memory ({call} answered {result})",
        Result.ErrorOutOfHostMemory => $"the host is out of memory ({call} answered {result})",
        Result.Timeout => $"the device did not finish in time ({call} answered {result})",
        _ => $"{call} answered {result}",
    };
}
