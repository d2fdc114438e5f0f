using System.CommandLine;
using GpuMm.Cli.Demo;
using GpuMm.Vulkan.Mirror;

namespace GpuMm.Cli.Vulkan;

/// <summary>The options of <c>gpumm demo</c> that belong to the mirror.</summary>
internal static class DemoMirrorOptions
{
    public static Option<bool> Vulkan { get; } = new("--vulkan")
    {
        Description = "Do every move on a Vulkan device too, and have a shader check the bytes after each.",
    };

    public static Option<int?> Device { get; } = new("--device")
    {
        Description = "With --vulkan: the device, as `gpumm vulkan info` numbers them. Default: the one that is most of a GPU.",
        HelpName = "number",
    };

    public static Option<MirrorTiming> Timing { get; } = OptionParsers.Choice(
        "--timing",
        "With --vulkan: whose durations drive the clock: the machine's (model, the default) or the device's (measured; runs differ then).",
        ("model", MirrorTiming.Model),
        ("measured", MirrorTiming.Measured));

    public static Option<MirrorFailure> Failure { get; } = OptionParsers.Choice(
        "--mirror-failure",
        "With --vulkan: when the device fails, go on without it (continue, the default) or end the run (stop).",
        ("continue", MirrorFailure.Continue),
        ("stop", MirrorFailure.Stop));

    public static Option<bool> Validate { get; } = new("--validate")
    {
        Description = "With --vulkan: put the validation layer in and count its messages.",
    };

    public static Option[] All { get; } = [Vulkan, Device, Timing, Failure, Validate];
}
