using System;
using System.Collections.Generic;
using System.Linq;
using GpuMm.Backing;
using GpuMm.Ranges;
using GpuMm.Simulation;

namespace GpuMm.Hosting.Options;

/// <summary>One simulated GPU. Configuration section <c>GpuMm:Gpus:NAME</c>.</summary>
public sealed class SimulatedGpuOptions
{
    /// <summary>The machine's profile, by name.</summary>
    public string Machine { get; set; } = "pcie3x16";

    /// <summary>The link to the card, by name, in place of the machine's own: one of <see cref="LinkModels.All"/> or of those added with <c>AddLinkModel</c>; null for the machine's.</summary>
    public string? Link { get; set; }

    /// <summary>Video memory; whole pages, at least one.</summary>
    public ByteCount Vram { get; set; } = ByteCount.MiB(256);

    /// <summary>How much of it the CPU sees through the bus window; null for what the machine shows, at most all.</summary>
    public ByteCount? VisibleVram { get; set; }

    /// <summary>The AGP/GART aperture; whole pages, at least one, at most <see cref="System"/>.</summary>
    public ByteCount Aperture { get; set; } = ByteCount.MiB(256);

    /// <summary>System RAM that objects may use; whole pages, at least one.</summary>
    public ByteCount System { get; set; } = ByteCount.GiB(1);

    /// <summary>How much of the contents is kept.</summary>
    public BackingKind Backing { get; set; } = BackingKind.Bytes;

    /// <summary>Gives out video memory.</summary>
    public SpaceAllocatorKind VramAllocator { get; set; } = SpaceAllocatorKind.Range;

    /// <summary>Who decides whom to evict, by name.</summary>
    public string EvictionPolicy { get; set; } = "lru";

    /// <summary>
    /// Most bytes a second that jobs may have moved for them, by the rules of amdgpu: an object stays in the aperture while that is
    /// used up. 1 MiB to 1 TiB; null for as many as they need.
    /// </summary>
    public ByteCount? MovePerSecond { get; set; }

    /// <summary>How many times faster than the machine the simulated engines run; 0.001 to 1000, or 0 for at once.</summary>
    public double Speed { get; set; } = 1;

    /// <summary>Part of video memory that is free before the reclaimer rests again; percent of all of it, above <see cref="LowWatermarkPercent"/>.</summary>
    public double HighWatermarkPercent { get; set; } = 4;

    /// <summary>Free part of video memory below which the reclaimer starts; percent; 0 turns it off.</summary>
    public double LowWatermarkPercent { get; set; } = 2;

    /// <summary>How often the reclaimer looks; 1 ms to 1 min.</summary>
    public TimeSpan ReclaimPeriod { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How often deleted objects are looked at whose work may have ended; 1 ms to 1 min.</summary>
    public TimeSpan ReapPeriod { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How often the defragmenter looks; 10 ms to 1 h.</summary>
    public TimeSpan DefragmentPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Most bytes that the defragmenter moves each time it looks; 0 turns it off.</summary>
    public ByteCount DefragmentBytes { get; set; }

    /// <summary>How often figures are sampled; 50 ms to 1 min.</summary>
    public TimeSpan SamplePeriod { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Latest events kept for viewers; 64 to 1048576.</summary>
    public int EventCapacity { get; set; } = 8192;

    /// <summary>Most clients at a time; 1 to 4096.</summary>
    public int MaxClients { get; set; } = 64;

    /// <summary>Most objects of one client; 1 to 4194304.</summary>
    public int MaxObjectsPerClient { get; set; } = 1 << 20;

    /// <summary>Record every event into this file; null for no recording.</summary>
    public string? RecordTo { get; set; }

    /// <summary>Links that the program added.</summary>
    internal IReadOnlyList<LinkModel> AddedLinks { get; set; } = [];

    /// <summary>Finds the link that is asked for.</summary>
    /// <param name="link">The link; null when the machine's own is wanted.</param>
    /// <returns>False when there is none of that name.</returns>
    internal bool TryGetLink(out LinkModel? link)
    {
        link = null;
        return Link is null || LinkModels.TryGet(Link, out link) ||
            (link = AddedLinks.FirstOrDefault(each => string.Equals(each.Name, Link, StringComparison.OrdinalIgnoreCase))) is not null;
    }
}
