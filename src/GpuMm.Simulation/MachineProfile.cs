using System;
using System.Collections.Generic;

namespace GpuMm.Simulation;

/// <summary>The figures of one machine: enough to time a frame.</summary>
/// <remarks>A model, not a measurement: each figure is a peak rate of a standard or data sheet, or a round number.</remarks>
public sealed record MachineProfile
{
    /// <summary>Short name, as the command line takes it.</summary>
    public required string Name { get; init; }

    /// <summary>One line for people.</summary>
    public required string Description { get; init; }

    /// <summary>The bus between system RAM and the card, each direction.</summary>
    public required Bandwidth Link { get; init; }

    /// <summary>The card's own memory.</summary>
    public required Bandwidth Vram { get; init; }

    /// <summary>Most VRAM that the CPU sees through the bus window, bytes.</summary>
    public required ulong BarBytes { get; init; }

    /// <summary>CPU writes into cached system RAM.</summary>
    public Bandwidth CpuCached { get; init; } = new(0, 8_000_000_000);

    /// <summary>CPU writes into write-combined memory, wherever it is; the link limits them too.</summary>
    public Bandwidth CpuWriteCombined { get; init; } = new(0, 4_000_000_000);

    /// <summary>CPU reads from write-combined or uncached memory: no cache, no gathering.</summary>
    public Bandwidth CpuUncachedRead { get; init; } = new(0, 100_000_000);

    /// <summary>Entering and leaving the fault handler, ns.</summary>
    public long FaultNs { get; init; } = 1_000;

    /// <summary>Inserting one page-table entry, ns.</summary>
    public long PteInsertNs { get; init; } = 25;

    /// <summary>Revoking the entries of one area, with the shoot-down of other processors' TLBs, ns.</summary>
    public long ZapNs { get; init; } = 4_000;

    /// <summary>Work of the CPU per frame beside memory, ns.</summary>
    public long FrameCpuNs { get; init; } = 2_000_000;

    /// <summary>Work of the render engine per frame beside reading textures, ns.</summary>
    public long FrameGpuNs { get; init; } = 8_000_000;

    /// <summary>Every built-in profile.</summary>
    public static IReadOnlyList<MachineProfile> All { get; } =
    [
        new MachineProfile
        {
            // AGP 3.0: 66.67 MHz * 8 transfers * 4 bytes. GeForce 6800 (AGP): 256 bits * 700 MT/s.
            Name = "agp8x",
            Description = "AGP 8x, 2.13 GB/s; a card of 2004 with 22.4 GB/s and its memory wholly visible",
            Link = new Bandwidth(1_000, 2_133_000_000),
            Vram = new Bandwidth(500, 22_400_000_000),
            BarBytes = 256ul << 20,
            CpuWriteCombined = new Bandwidth(0, 1_000_000_000),
            CpuUncachedRead = new Bandwidth(0, 60_000_000),
        },
        new MachineProfile
        {
            // PCIe 3.0: 8 GT/s * 16 lanes * 128/130; 12 GB/s is what large copies reach. GTX 1080: 256 bits * 10 GT/s.
            Name = "pcie3x16",
            Description = "PCIe 3.0 x16, 12 GB/s; a card of 2016 with 320 GB/s and a window of 256 MiB",
            Link = new Bandwidth(1_500, 12_000_000_000),
            Vram = new Bandwidth(300, 320_000_000_000),
            BarBytes = 256ul << 20,
        },
    ];

    /// <summary>Finds a built-in profile.</summary>
    /// <param name="name">Its name, upper or lower case.</param>
    /// <returns>The profile, or null.</returns>
    public static MachineProfile? Find(string name)
    {
        foreach (MachineProfile profile in All)
        {
            if (string.Equals(profile.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return profile;
            }
        }

        return null;
    }
}
