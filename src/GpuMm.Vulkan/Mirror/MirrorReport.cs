using System.Collections.Generic;

namespace GpuMm.Vulkan.Mirror;

/// <summary>What a mirror did.</summary>
public sealed record MirrorReport
{
    /// <summary>The device's name.</summary>
    public required string Device { get; init; }

    /// <summary>Its driver.</summary>
    public required string Driver { get; init; }

    /// <summary>Moves that were done on the device.</summary>
    public required long Moves { get; init; }

    /// <summary>Of those, how many only cleared memory.</summary>
    public required long Clears { get; init; }

    /// <summary>Of those, how many are bookkeeping to the model (system RAM into the aperture and back).</summary>
    public required long Rebinds { get; init; }

    /// <summary>Bytes of all moves.</summary>
    public required long MovedBytes { get; init; }

    /// <summary>Bytes that the CPU wrote and the device was given.</summary>
    public required long PassedOnBytes { get; init; }

    /// <summary>Checksums that a shader took and that agreed with the CPU's.</summary>
    public required long Checksums { get; init; }

    /// <summary>Bytes of those.</summary>
    public required long ChecksumBytes { get; init; }

    /// <summary>Copies per direction, with the device's times.</summary>
    public required IReadOnlyList<MirrorDirectionReport> Directions { get; init; }

    /// <summary>The device's time for the copies that the model times too, ns.</summary>
    public required long DeviceNs { get; init; }

    /// <summary>The model's time for the same copies, ns.</summary>
    public required long ModelNs { get; init; }

    /// <summary>Most device memory held at a time, bytes, System, Gtt and Vram.</summary>
    public required IReadOnlyList<ulong> PeakBytes { get; init; }

    /// <summary>Submissions to the copy queue.</summary>
    public required long Submissions { get; init; }

    /// <summary>Why the mirror ended before the run did; null when it did not.</summary>
    public required string? Failure { get; init; }

    /// <summary>What the validation layer said; empty without it.</summary>
    public required IReadOnlyList<string> ValidationMessages { get; init; }
}
