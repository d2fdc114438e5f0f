using System.Collections.Generic;
using System.IO;

namespace GpuMm.Simulation;

/// <summary>The figures of one machine: enough to time a frame.</summary>
/// <remarks>
/// A model, not a measurement: <see cref="Sources"/> says of each figure where it comes from and how far to trust it.
/// Change single figures with <c>with</c>; read whole machines from files with <see cref="Load"/>.
/// </remarks>
public sealed record MachineProfile
{
    /// <summary>Most copy engines of a machine.</summary>
    public const int MaxCopyEngines = 4;

    /// <summary>Short name, as the command line takes it.</summary>
    public required string Name { get; init; }

    /// <summary>One line for people.</summary>
    public required string Description { get; init; }

    /// <summary>Year of the card, or of the machines it stands for; 0 when it has none.</summary>
    public int Year { get; init; }

    /// <summary>A kind of machine, or one card.</summary>
    public MachineKind Kind { get; init; }

    /// <summary>The bus between system RAM and the card.</summary>
    public required LinkModel Link { get; init; }

    /// <summary>The card's own memory: fixed cost of a copy within it, and its rate.</summary>
    public required Bandwidth Vram { get; init; }

    /// <summary>Size of the card's own memory, bytes; what a run uses unless it says otherwise.</summary>
    public ulong VramBytes { get; init; } = 256ul << 20;

    /// <summary>Most VRAM that the CPU sees through the bus window, bytes.</summary>
    public required ulong BarBytes { get; init; }

    /// <summary>True when the window can be made as large as the memory.</summary>
    public bool IsBarResizable { get; init; }

    /// <summary>The AGP/GART aperture, bytes; what a run uses unless it says otherwise.</summary>
    public ulong ApertureBytes { get; init; } = 256ul << 20;

    /// <summary>Engines that copy beside the render ring, 1 to <see cref="MaxCopyEngines"/>. From 2 up each direction has its own.</summary>
    public int CopyEngines { get; init; } = 1;

    /// <summary>True when GPU and CPU share the memory: what lies in the aperture is read as fast as VRAM.</summary>
    public bool IsUnified { get; init; }

    /// <summary>CPU accesses to cached system RAM.</summary>
    public Bandwidth CpuCached { get; init; } = new(0, 8_000_000_000);

    /// <summary>CPU writes into write-combined memory, wherever it is; the link limits them too.</summary>
    public Bandwidth CpuWriteCombined { get; init; } = new(0, 4_000_000_000);

    /// <summary>CPU reads from write-combined or uncached memory: no cache, no gathering.</summary>
    public Bandwidth CpuUncachedRead { get; init; } = new(0, 100_000_000);

    /// <summary>CPU writes into uncached memory: each store goes alone.</summary>
    public Bandwidth CpuUncachedWrite { get; init; } = new(0, 200_000_000);

    /// <summary>Entering and leaving the fault handler, ns.</summary>
    public long FaultNs { get; init; } = 1_000;

    /// <summary>Inserting one page-table entry, ns.</summary>
    public long PteInsertNs { get; init; } = 25;

    /// <summary>Revoking the entries of one area, with the shoot-down of other processors' TLBs, ns.</summary>
    public long ZapNs { get; init; } = 4_000;

    /// <summary>A far fault: the GPU touches what is not there, and the driver is told and answers, ns.</summary>
    /// <remarks>Source of the default: UVM-Smart, 66,645 cycles at 1.481 GHz.</remarks>
    public long FarFaultNs { get; init; } = 45_000;

    /// <summary>Work of the CPU per frame beside memory, ns.</summary>
    public long FrameCpuNs { get; init; } = 2_000_000;

    /// <summary>Work of the render engine per frame beside reading textures, ns.</summary>
    public long FrameGpuNs { get; init; } = 8_000_000;

    /// <summary>Where the figures come from.</summary>
    public IReadOnlyList<FigureSource> Sources { get; init; } = [];

    /// <summary>Every built-in profile.</summary>
    public static IReadOnlyList<MachineProfile> All => MachineProfiles.All;

    /// <summary>Finds a built-in profile.</summary>
    /// <param name="name">Its name, upper or lower case.</param>
    /// <returns>The profile, or null.</returns>
    public static MachineProfile? Find(string name) => MachineProfiles.TryGet(name, out MachineProfile? profile) ? profile : null;

    /// <summary>Reads a profile from a file.</summary>
    /// <param name="path">A JSON document as <c>gpumm machine show NAME --json</c> prints it.</param>
    /// <exception cref="InvalidDataException">It is no such document; the message says what, where and how to fix it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static MachineProfile Load(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return MachineFiles.Read(stream, Path.GetFileName(path));
    }

    /// <summary>The profile as a file's text: what <see cref="Load"/> reads.</summary>
    public string ToJson() => MachineFiles.Write(this);
}
