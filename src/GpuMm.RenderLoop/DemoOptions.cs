using System;
using System.Globalization;
using GpuMm.Backing;
using GpuMm.Primitives;
using GpuMm.Ranges;
using GpuMm.Simulation;

namespace GpuMm.RenderLoop;

/// <summary>What the demo is asked to do.</summary>
public sealed record DemoOptions
{
    /// <summary>Most frames of a run: half an hour at 60 per second.</summary>
    public const int MaxFrames = 108_000;

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

    /// <summary>Frames to draw, 1 to <see cref="MaxFrames"/>.</summary>
    public int Frames { get; init; } = 600;

    /// <summary>Decides where materials are and what the CPU touches.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Gives out video memory.</summary>
    public SpaceAllocatorKind Allocator { get; init; } = SpaceAllocatorKind.Range;

    /// <summary>How much of the contents is kept.</summary>
    public BackingKind Backing { get; init; } = BackingKind.Bytes;

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

        if (Allocator == SpaceAllocatorKind.Bins && VramBytes > Machine.BarBytes)
        {
            return $"--allocator bins: bins know no windows, and this machine shows only {ByteSize.Format(Machine.BarBytes)} of VRAM to the CPU; give range or buddy.";
        }

        return MemoryProblem("--vram", VramBytes, scene) ?? MemoryProblem("--aperture", ApertureBytes, scene);
    }

    private static string? MemoryProblem(string option, ulong sizeBytes, Scene scene)
    {
        string given = $"{option} {ByteSize.Format(sizeBytes)}";
        ulong largest = scene.LargestTextureBytes;
        if (sizeBytes % Pages.SizeBytes != 0)
        {
            return $"{given}: give a multiple of 4 KiB.";
        }

        if (sizeBytes > MaxMemoryBytes)
        {
            return $"{given}: give at most {ByteSize.Format(MaxMemoryBytes)}.";
        }

        return sizeBytes < largest
            ? $"{given} is smaller than the largest texture of {scene.Description.Name} ({ByteSize.Format(largest)}): give at least {ByteSize.Format(MinimumBytes(largest))}."
            : null;
    }

    // Rounded up to what ByteSize writes exactly.
    private static ulong MinimumBytes(ulong largestBytes) => ((largestBytes + (1ul << 20) - 1) >> 20) << 20;
}
