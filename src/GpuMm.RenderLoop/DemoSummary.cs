using System.Text.Json.Serialization;

namespace GpuMm.RenderLoop;

/// <summary>What a run came to. Times are simulated; everything is the same for the same options.</summary>
public sealed record DemoSummary
{
    /// <summary>Video memory, bytes.</summary>
    public required ulong VramBytes { get; init; }

    /// <summary>Frames drawn.</summary>
    public required int Frames { get; init; }

    /// <summary>Time from the first frame to the last, ns.</summary>
    public required long SimulatedNs { get; init; }

    /// <summary>Median frame time, ns.</summary>
    public required long FrameP50Ns { get; init; }

    /// <summary>95 of 100 frames take no longer, ns.</summary>
    public required long FrameP95Ns { get; init; }

    /// <summary>99 of 100 frames take no longer, ns.</summary>
    public required long FrameP99Ns { get; init; }

    /// <summary>The longest frame, ns.</summary>
    public required long FrameMaxNs { get; init; }

    /// <summary>Frames over 16.7 ms.</summary>
    public required int StutterFrames { get; init; }

    /// <summary>Carried into video memory, bytes.</summary>
    public required long ToVramBytes { get; init; }

    /// <summary>Carried out of video memory, bytes.</summary>
    public required long FromVramBytes { get; init; }

    /// <summary>Written by the CPU through mappings, bytes.</summary>
    public required long CpuWrittenBytes { get; init; }

    /// <summary>Read by the GPU over the link because a texture was not in video memory, bytes.</summary>
    public required long LinkReadBytes { get; init; }

    /// <summary>CPU faults.</summary>
    public required long Faults { get; init; }

    /// <summary>Of those, how many waited for a move and were tried again.</summary>
    public required long FaultRetries { get; init; }

    /// <summary>Objects evicted.</summary>
    public required long Evictions { get; init; }

    /// <summary>Page-table entries revoked by moves.</summary>
    public required long ZappedPtes { get; init; }

    /// <summary>Most bytes of video memory in use at a time.</summary>
    public required ulong VramPeakBytes { get; init; }

    /// <summary>Jobs on the render engine; more than one per frame when not everything fitted at once.</summary>
    public required long Jobs { get; init; }

    /// <summary>Textures that came into view and were loaded.</summary>
    public required int TexturesLoaded { get; init; }

    /// <summary>Textures of the scene.</summary>
    public required int TexturesTotal { get; init; }

    /// <summary>Bytes of the loaded textures, all compared at the end.</summary>
    public required ulong VerifiedBytes { get; init; }

    /// <summary>Over every byte read back at the end. Not in JSON as a number: 64 bits do not fit what its readers use.</summary>
    [JsonIgnore]
    public ulong Checksum { get; init; }
}
