using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Silk.NET.Vulkan;

namespace GpuMm.Vulkan.Devices;

/// <summary>Turns results into exceptions, away from the hot path.</summary>
internal static class Throw
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void If(Result result, string call)
    {
        // Positive codes (NotReady, Timeout, Incomplete) are answers, but none that our calls may get here.
        if (result != Result.Success)
        {
            Failed(result, call);
        }
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Failed(Result result, string call) => throw new VulkanException(result, call);
}
