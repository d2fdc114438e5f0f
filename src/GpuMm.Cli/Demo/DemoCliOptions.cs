using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using GpuMm.Backing;
using GpuMm.Cli.Machine;
using GpuMm.Cli.Vulkan;
using GpuMm.Ranges;
using GpuMm.RenderLoop;
using GpuMm.RenderLoop.Matrix;
using GpuMm.Simulation;

namespace GpuMm.Cli.Demo;

/// <summary>The options of <c>gpumm demo</c>.</summary>
internal static class DemoCliOptions
{
    public static Option<SceneDescription?> Scene { get; } = OptionParsers.Named(
        "--scene", "The scene. Default: sponza.", SceneDescription.Find, [.. SceneDescription.All.Select(static s => s.Name)]);

    public static Option<int?> Scale { get; } = OptionParsers.OptionalNumber(
        "--scale", "Copies of the scene's texture list in the same place, for sizes of GiB. Default: 1.", 1, SceneLoader.MaxScale);

    public static Option<MachineProfile?> Machine { get; } = MachineOption.Create("The machine. Default: the scene's.");

    public static Option<IReadOnlyList<ulong>?> Vram { get; } = OptionParsers.SizeList(
        "--vram", "Video memory, such as 96MiB or 1.5GiB; several make a what-if. Default: less than the scene needs.");

    public static Option<IReadOnlyList<LinkChoice>?> Link { get; } = OptionParsers.NamedList(
        "--link",
        "The link, instead of the machine's; several make a what-if.",
        "name[,name...]",
        static name => LinkModels.TryGet(name, out LinkModel? link) ? new LinkChoice(link!.Name, link) : null,
        static () => OptionParsers.Names([.. LinkModels.All.Select(static link => link.Name)]));

    public static Option<IReadOnlyList<ulong?>?> Bar { get; } = OptionParsers.SizeOrAllList(
        "--bar", "How much of video memory the CPU sees; several make a what-if. Default: the machine's.", DemoOptions.MaxMemoryBytes);

    public static Option<IReadOnlyList<string>?> Policy { get; } = OptionParsers.NamedList(
        "--policy",
        "Who is evicted; several make a what-if. Default: lru.",
        "name[,name...]",
        static name => DemoOptions.PolicyNames.FirstOrDefault(each => string.Equals(each, name, StringComparison.OrdinalIgnoreCase)),
        static () => OptionParsers.Names(DemoOptions.PolicyNames));

    public static Option<ulong?> Aperture { get; } = OptionParsers.Size("--aperture", "AGP/GART aperture. Default: the scene's.");

    public static Option<WorkloadKind> Workload { get; } = OptionParsers.Choice(
        "--workload",
        "What the run does: a flight (the default), a level that is loaded half-way, a second client that takes the screen for a while, a circle a little too large for VRAM, a film beside the game, or a recording.",
        ("fly-through", WorkloadKind.FlyThrough),
        ("level-load", WorkloadKind.LevelLoad),
        ("alt-tab", WorkloadKind.AltTab),
        ("thrash", WorkloadKind.Thrash),
        ("video", WorkloadKind.Video),
        ("replay", WorkloadKind.Replay));

    public static Option<string?> Trace { get; } = new("--trace")
    {
        Description = "The recording of --workload replay; formats as `gpumm trace` knows them.",
        HelpName = "file",
    };

    public static Option<UploadPath> Upload { get; } = OptionParsers.Choice(
        "--upload",
        "How new textures reach the GPU: written through their own mappings (the default), or through a pinned staging buffer.",
        ("mapping", UploadPath.Mapping),
        ("staging", UploadPath.Staging));

    public static Option<ulong?> Stream { get; } = OptionParsers.Size(
        "--stream", "Stream mip levels and keep at most this much loaded. Default: whole textures, kept.");

    public static Option<int> Buffers { get; } = OptionParsers.Number(
        "--buffers", "Images of the screen: 2 (double buffering) or 3 (triple buffering).", 2, 2, RenderLoop.Frames.Display.MaxImages);

    public static Option<bool> Vsync { get; } = new("--vsync") { Description = "Show frames on the beat of the screen." };

    public static Option<int> Hz { get; } = OptionParsers.Number("--hz", "Beats of the screen per second; a longer frame is a stutter.", 60, 1, 1000);

    public static Option<int> Frames { get; } = OptionParsers.Number(
        "--frames", $"Frames to draw, 1 to {DemoOptions.MaxFrames}.", 600, 1, DemoOptions.MaxFrames);

    public static Option<long> Seed { get; } = new("--seed")
    {
        Description = "Decides where materials are and what the CPU touches. Same seed, same result.",
        DefaultValueFactory = static _ => 1,
        HelpName = "number",
        CustomParser = static result => OptionParsers.Whole(result, "--seed", 0, long.MaxValue),
    };

    public static Option<BackingKind?> Backing { get; } = OptionParsers.Choice<BackingKind?>(
        "--backing",
        "What is kept of the contents: every byte (bytes, the default up to 2 GiB of textures), or 8 bytes per page (heads), much faster.",
        ("bytes", BackingKind.Bytes),
        ("heads", BackingKind.PageHeads));

    public static Option<SpaceAllocatorKind> Allocator { get; } = OptionParsers.Choice(
        "--allocator",
        "Gives out video memory: range (best fit, the default), low (first fit), buddy (blocks of powers of two) or bins (constant time).",
        ("range", SpaceAllocatorKind.Range),
        ("low", SpaceAllocatorKind.Low),
        ("buddy", SpaceAllocatorKind.Buddy),
        ("bins", SpaceAllocatorKind.Bins));

    public static Option<string?> Scenario { get; } = OptionParsers.Named(
        "--scenario",
        "Instead of a run, another client of the fault handler.",
        static name => ScenarioDemo.Names.FirstOrDefault(each => string.Equals(each, name, StringComparison.OrdinalIgnoreCase)),
        ScenarioDemo.Names);

    public static Option<string?> Plot { get; } = new("--plot")
    {
        Description = "Write the what-if as a picture: p99 frame time against VRAM.",
        HelpName = "file.png|file.svg",
        CustomParser = static result =>
        {
            string path = result.Tokens[0].Value;
            bool isKnown = path.EndsWith(".png", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase);
            return isKnown ? path : OptionParsers.Refuse<string?>(result, $"--plot {path}: give a file that ends in .png or .svg.");
        },
    };

    public static Option<string?> Render { get; } = new("--render")
    {
        Description = "Write pictures of the scene into a folder: texels in the colour of where they live.",
        HelpName = "folder",
    };

    public static Option<int> RenderEvery { get; } = OptionParsers.Number(
        "--render-every", "A picture every so many frames.", 60, 1, DemoOptions.MaxFrames);

    public static Option<bool> NoRefine { get; } = new("--no-refine")
    {
        Description = "In a what-if, run the sizes given and no others; without it the knee is sought between them.",
    };

    public static Option<bool> Json { get; } = new("--json") { Description = "Print one JSON document, nothing else." };

    public static Option<bool> NoColor { get; } = new("--no-color") { Description = "No colours and no live display." };

    public static Option<string?> Record { get; } = new("--record")
    {
        Description = "Record every event of the device into a .gmmt file, replacing one that is there.",
        HelpName = "file",
    };

    /// <summary>All of them, in the order of the help.</summary>
    public static IReadOnlyList<Option> All { get; } =
    [
        Scene, Scale, Workload, Trace, Machine, Vram, Link, Bar, Policy, Aperture, Upload, Stream, Buffers, Vsync, Hz, Frames, Seed, Backing, Allocator,
        Scenario, Plot, NoRefine, Render, RenderEvery, Record, .. DemoMirrorOptions.All, Json, NoColor,
    ];
}
