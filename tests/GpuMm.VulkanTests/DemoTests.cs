using GpuMm.RenderLoop;
using GpuMm.Vulkan.Mirror;
using Xunit;

namespace GpuMm.VulkanTests;

/// <summary>The demo's own run, mirrored: the same nanoseconds as without, and every texture right on the device.</summary>
public sealed class DemoTests(ITestOutputHelper output)
{
    [Fact]
    public void TheMirroredDemoIsTheDemo()
    {
        Scene scene = SceneLoader.Load(SceneDescription.Find("sponza")!, 1);
        DemoOptions options = DemoOptions.For(SceneDescription.Find("sponza")!) with { Frames = 40 };
        DemoSummary plain = DemoRun.Run(scene, options).Summary;
        MirrorDriver? driver = null;
        DemoOptions mirrored = options with
        {
            DriverFactory = (machine, clock) => driver = new MirrorDriver(machine, clock, new MirrorOptions(), TestVulkan.Open()),
            OnDeviceReady = device => driver!.Attach(device),
        };
        DemoSummary summary;
        using (DemoRun run = new(scene, mirrored))
        {
            while (!run.IsOver)
            {
                run.DrawFrame();
            }

            summary = run.Finish().Summary;
            Assert.Null(driver!.CheckAll());
            Assert.Null(driver.Difference());
        }

        MirrorReport report = driver.Report();
        output.WriteLine($"{report.Moves} moves, {report.Checksums} checksums over {report.ChecksumBytes >> 20} MiB");
        Assert.Equal(plain.SimulatedNs, summary.SimulatedNs);
        Assert.Equal(plain.Checksum, summary.Checksum);
        Assert.True(report.Moves > 20);
        Assert.True(report.Checksums >= report.Moves);
        Assert.Null(report.Failure);
        driver.Dispose();
        TestVulkan.AssertClean(driver.Vulkan);
    }
}
