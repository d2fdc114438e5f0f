using System;
using GpuMm.Vulkan.Devices;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Parallelization(Mode = ParallelMode.None)]

namespace GpuMm.VulkanTests;

/// <summary>A device for tests: validated, counted. Skips the test without one, except on CI.</summary>
internal static class TestVulkan
{
    public static VulkanDevice Open()
    {
        ValidationLog.Clear();
        try
        {
            return new VulkanDevice(new VulkanInstance(validate: true));
        }
        catch (MirrorUnavailableException missing) when (!string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.Ordinal))
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }

    /// <summary>The layer said nothing, and nothing is left on the device.</summary>
    public static void AssertClean(VulkanDevice device)
    {
        Assert.True(device.Counts.IsZero, $"Left on the device: {device.Counts}.");
        AssertSilent();
    }

    public static void AssertSilent() => Assert.True(ValidationLog.Messages.Count == 0, string.Join("\n", ValidationLog.Messages));
}
