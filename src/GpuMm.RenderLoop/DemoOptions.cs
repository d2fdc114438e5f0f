using System;
using System.Collections.Generic;
using System.Globalization;
using GpuMm.Backing;
using GpuMm.Eviction;
using GpuMm.Objects;
using GpuMm.Primitives;
using GpuMm.Ranges;
using GpuMm.RenderLoop.Frames;
using GpuMm.Simulation;

namespace GpuMm.RenderLoop;

/// <summary>What the demo is asked to do.</summary>
public sealed record DemoOptions
{
    /// <summary>Most frames of a run: two hours at 60 per second.</summary>
    public const int MaxFrames = 432_000;

    /// <summary>The eviction policies there are, the default first.</summary>
    public static IReadOnlyList<string> PolicyNames
    {
        get
        {
            List<string> names = [];
            foreach (EvictionPolicy policy in EvictionPolicies.All)
            {
                names.Add(policy.Name);
            }

            return names;
        }
    }

    /// <summary>Most VRAM or aperture of a run.</summary>
    public const ulong MaxMemoryBytes = 64ul << 30;

    /// <summary>The scene.</summary>
    public required SceneDescription Scene { get; init; }

    /// <summary>The machine.</summary>
    public required MachineProfile Machine { get; init; }

    /// <summary>Video memory, bytes.</summary>
    public required ulong VramBytes { get; init; }

    /// <summary>The aperture, bytes.</summary>
    public required ulong ApertureBytes { get; init; }

    /// <summary>How much of the video memory the CPU sees, bytes; null for what the machine shows.</summary>
    public ulong? BarBytes { get; init; }

    /// <summary>Copies of the scene's texture list, 1 to <see cref="SceneLoader.MaxScale"/>.</summary>
    public int Scale { get; init; } = 1;

    /// <summary>Frames to draw, 1 to <see cref="MaxFrames"/>.</summary>
    public int Frames { get; init; } = 600;

    /// <summary>Decides where materials are and what the CPU touches.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Gives out video memory.</summary>
    public SpaceAllocatorKind Allocator { get; init; } = SpaceAllocatorKind.Range;

    /// <summary>Who is evicted, by name.</summary>
    public string Policy { get; init; } = EvictionPolicies.DefaultName;

    /// <summary>How much of the contents is kept.</summary>
    public BackingKind Backing { get; init; } = BackingKind.Bytes;

    /// <summary>What the run does.</summary>
    public WorkloadKind Workload { get; init; }

    /// <summary>The recording of <see cref="WorkloadKind.Replay"/>.</summary>
    public Recording? Recording { get; init; }

    /// <summary>Called with the device of a run before anything uses it, for observers; null for nobody.</summary>
    public Action<GpuDevice>? OnDevice { get; init; }

    /// <summary>How new textures reach the GPU.</summary>
    public UploadPath Upload { get; init; }

    /// <summary>Bytes that mip streaming may keep loaded; null loads whole textures and keeps them.</summary>
    public ulong? StreamBudgetBytes { get; init; }

    /// <summary>Images in the chain: 2 (double buffering) or 3 (triple buffering).</summary>
    public int Buffers { get; init; } = 2;

    /// <summary>Show frames on the beat of the screen.</summary>
    public bool Vsync { get; init; }

    /// <summary>Beats of the screen per second, 1 to 1000; a frame that takes longer than one is a stutter.</summary>
    public int RefreshHz { get; init; } = 60;

    /// <summary>Makes the driver of the machine; null for the simulated one. A driver with a real device behind it comes in here.</summary>
    public Func<MachineProfile, VirtualClock, SimulatedDriver>? DriverFactory { get; init; }

    /// <summary>Called with the device before the first frame: a recorder or a mirror attaches itself here.</summary>
    public Action<GpuDevice>? OnDeviceReady { get; init; }

    /// <summary>A frame that takes longer is a stutter: one beat of the screen, rounded up to a tenth of a millisecond, ns.</summary>
    public long StutterLimitNs => (((1_000_000_000L / RefreshHz) + 99_999) / 100_000) * 100_000;

    /// <summary>How much of the video memory the CPU sees, bytes.</summary>
    public ulong VisibleVramBytes => Math.Min(VramBytes, BarBytes ?? Machine.BarBytes);

    /// <summary>The usual options for a scene.</summary>
    /// <param name="scene">The scene.</param>
    public static DemoOptions For(SceneDescription scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        return new DemoOptions
        {
            Scene = scene,
            Machine = MachineProfile.Find(scene.DefaultMachine)!,
            VramBytes = scene.DefaultVramBytes,
            ApertureBytes = scene.DefaultApertureBytes,
        };
    }

    /// <summary>Checks the options against the scene.</summary>
    /// <param name="scene">The loaded scene.</param>
    /// <returns>Null, or one line that says what is wrong and how to put it right.</returns>
    public string? Problem(Scene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        if (Frames is < 1 or > MaxFrames)
        {
            return string.Create(CultureInfo.InvariantCulture, $"--frames {Frames}: give a number from 1 to {MaxFrames}.");
        }

        if (Allocator == SpaceAllocatorKind.Bins && VisibleVramBytes < VramBytes)
        {
            return $"--allocator bins: bins know no windows, and this machine shows only {ByteSize.Format(VisibleVramBytes)} of VRAM to the CPU; give range or buddy.";
        }

        if (!EvictionPolicies.TryCreate(Policy, out _))
        {
            return $"--policy {Policy}: there is no such policy; give {string.Join(", ", PolicyNames)}.";
        }

        return ModeProblem(scene) ?? MemoryProblem("--vram", VramBytes, scene) ?? MemoryProblem("--aperture", ApertureBytes, scene) ?? BudgetProblem(scene);
    }

    private string? ModeProblem(Scene scene)
    {
        if (Buffers is < 2 or > Display.MaxImages)
        {
            return string.Create(CultureInfo.InvariantCulture, $"--buffers {Buffers}: give 2 or {Display.MaxImages}.");
        }

        if (RefreshHz is < 1 or > 1000)
        {
            return string.Create(CultureInfo.InvariantCulture, $"--hz {RefreshHz}: give a number from 1 to 1000.");
        }

        if (Scale != scene.Scale)
        {
            return string.Create(CultureInfo.InvariantCulture, $"--scale {Scale}: the scene was loaded with {scene.Scale} copies.");
        }

        if (BarBytes is { } bar && bar % Pages.SizeBytes != 0)
        {
            return $"--bar {ByteSize.Format(bar)}: give all, or a multiple of 4 KiB.";
        }

        if ((Workload == WorkloadKind.Replay) != (Recording is not null))
        {
            return Recording is null
                ? "--workload replay: give the recording, too: --trace FILE."
                : "--trace: a recording is for --workload replay; give both.";
        }

        bool loadsWhole = Workload is WorkloadKind.Thrash or WorkloadKind.LevelLoad or WorkloadKind.Replay;
        return StreamBudgetBytes is not null && loadsWhole
            ? "--stream: this workload loads whole textures; give --workload fly-through, alt-tab or video."
            : null;
    }

    // The tails of all textures and the largest level must fit.
    private string? BudgetProblem(Scene scene)
    {
        ulong least = scene.LargestTextureBytes * 2;
        return StreamBudgetBytes is { } budget && budget < least
            ? $"--stream {ByteSize.Format(budget)}: a budget must hold the largest mip level and the small levels of what is seen; give at least {ByteSize.Format(MinimumBytes(least))}."
            : null;
    }

    private string? MemoryProblem(string option, ulong sizeBytes, Scene scene)
    {
        string given = $"{option} {ByteSize.Format(sizeBytes)}";
        ulong largest = Recording?.Facts.LargestBytes ?? scene.LargestTextureBytes;
        string what = Recording is null ? $"texture of {scene.Description.Name}" : $"object of {Recording.Facts.Name}";
        if (sizeBytes % Pages.SizeBytes != 0)
        {
            return $"{given}: give a multiple of 4 KiB.";
        }

        if (sizeBytes > MaxMemoryBytes)
        {
            return $"{given}: give at most {ByteSize.Format(MaxMemoryBytes)}.";
        }

        return sizeBytes < largest
            ? $"{given} is smaller than the largest {what} ({ByteSize.Format(largest)}): give at least {ByteSize.Format(MinimumBytes(largest))}."
            : null;
    }

    // Rounded up to what ByteSize writes exactly.
    private static ulong MinimumBytes(ulong largestBytes) => ((largestBytes + (1ul << 20) - 1) >> 20) << 20;
}
