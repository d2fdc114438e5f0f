using System;
using GpuMm.Objects;
using GpuMm.Vulkan.Devices;
using GpuMm.Vulkan.Mirror;
using Xunit;

namespace GpuMm.VulkanTests;

/// <summary>What the device does to us: the run goes on or stops, as asked, and nothing is left behind.</summary>
public sealed class FailureTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void OutOfDeviceMemoryEndsTheMirrorNotTheRun(int allocations)
    {
        using MirrorRig rig = new(vramPages: 600, aperturePages: 600, systemPages: 8192);
        PlantedFailures.OutOfMemoryAfter(rig.Vulkan, allocations);
        WorkUntilTheMirrorEnds(rig);
        Assert.NotNull(rig.Driver.Failure);
        Assert.Contains("out of memory (vkAllocateMemory", rig.Driver.Failure, StringComparison.Ordinal);
        AssertRunGoesOn(rig);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(5)]
    public void ADeviceLostAtSubmissionEndsTheMirrorNotTheRun(int submissions)
    {
        using MirrorRig rig = new(vramPages: 600, aperturePages: 600, systemPages: 8192);
        PlantedFailures.LostAtSubmit(rig.Vulkan, submissions);
        WorkUntilTheMirrorEnds(rig);
        Assert.NotNull(rig.Driver.Failure);
        Assert.Contains("the device was lost (vkQueueSubmit", rig.Driver.Failure, StringComparison.Ordinal);
        AssertRunGoesOn(rig);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void ADeviceLostInTheMiddleOfACopyEndsTheMirrorNotTheRun(int waits)
    {
        using MirrorRig rig = new(vramPages: 600, aperturePages: 600, systemPages: 8192);
        PlantedFailures.LostWhileWaiting(rig.Vulkan, waits);
        WorkUntilTheMirrorEnds(rig);
        Assert.NotNull(rig.Driver.Failure);
        Assert.Contains("the device was lost (vkWaitSemaphores", rig.Driver.Failure, StringComparison.Ordinal);
        AssertRunGoesOn(rig);
    }

    [Fact]
    public void AskedToStopTheMoveThrowsAndTheModelIsSound()
    {
        using MirrorRig rig = new(options: new MirrorOptions { BlockBytes = 1 << 20, OnFailure = MirrorFailure.Stop });
        BufferObject texture = rig.Create(16, Placement.System);
        rig.FillRandom(texture, 1);
        PlantedFailures.LostAtSubmit(rig.Vulkan, 0);
        MirrorFailedException failure = Assert.Throws<MirrorFailedException>(() => rig.Place(texture, Placement.Vram));
        texture.Reservation.Unlock(); // The test's own reservation: Place was thrown out of.
        Assert.Contains("the device was lost", failure.Message, StringComparison.Ordinal);
        Assert.IsType<VulkanException>(failure.InnerException);
        Assert.Empty(rig.Device.Validate());
        Assert.False(rig.Driver.IsMirroring);
    }

    [Fact]
    public void ADeviceThatIsNotThereIsSaidInOneLine()
    {
        using (VulkanDevice device = TestVulkan.Open())
        {
        }

        MirrorUnavailableException missing = Assert.Throws<MirrorUnavailableException>(
            static () => new VulkanDevice(new VulkanInstance(), 77));
        Assert.Equal("mirror unavailable: there is no device 77; 'gpumm vulkan info' lists them", missing.Message);
    }

    private static void WorkUntilTheMirrorEnds(MirrorRig rig)
    {
        for (int i = 0; i < 8 && rig.Driver.IsMirroring; i++)
        {
            BufferObject texture = rig.Create(250, Placement.System, $"texture {i}");
            rig.FillRandom(texture, i);
            Assert.Equal(MmStatus.Ok, rig.Place(texture, Placement.Vram));
        }

        Assert.False(rig.Driver.IsMirroring);
        Assert.Equal(rig.Driver.Failure, rig.Driver.Report().Failure);
        Assert.True(rig.Vulkan.Counts.IsZero, $"Left on the device: {rig.Vulkan.Counts}.");
    }

    private static void AssertRunGoesOn(MirrorRig rig)
    {
        BufferObject texture = rig.Create(100, Placement.System, "afterwards");
        rig.FillRandom(texture, 99);
        Assert.Equal(MmStatus.Ok, rig.Place(texture, Placement.Vram));
        byte[] read = new byte[texture.SizeBytes];
        Assert.Equal(MmStatus.Ok, rig.Space.Read(rig.AreaOf(texture).StartAddress, read));
        byte[] expected = new byte[texture.SizeBytes];
        new Random(99).NextBytes(expected);
        Assert.Equal(expected, read);
        Assert.Empty(rig.Device.Validate());
    }
}
