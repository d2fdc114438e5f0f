using System;

namespace GpuMm.RenderLoop.Frames;

/// <summary>How causes are told, and which of them memory is to blame for.</summary>
public static class FrameCauses
{
    /// <summary>Number of causes.</summary>
    public const int Count = 14;

    /// <summary>Whether a frame would be rid of the cause if all memory were in place.</summary>
    /// <param name="cause">The cause.</param>
    public static bool IsMemory(FrameCause cause) => cause is FrameCause.LinkRead or FrameCause.Upload or FrameCause.Eviction
        or FrameCause.CpuWrite or FrameCause.CpuRead or FrameCause.Fault or FrameCause.Zap or FrameCause.MoveWait;

    /// <summary>The cause as the end of "of which 22 ms …".</summary>
    /// <param name="cause">The cause.</param>
    public static string Phrase(FrameCause cause) => cause switch
    {
        FrameCause.GpuWork => "render",
        FrameCause.CpuWork => "are the processor's own work",
        FrameCause.LinkRead => "read textures over the link",
        FrameCause.Upload => "wait for uploads",
        FrameCause.Eviction => "wait for evictions",
        FrameCause.CpuWrite => "are CPU writes of new or changed textures",
        FrameCause.CpuRead => "are CPU reads",
        FrameCause.Fault => "are spent in the fault handler",
        FrameCause.Zap => "revoke mappings",
        FrameCause.MoveWait => "have the processor wait for moves",
        FrameCause.OtherClient => "wait for another client",
        FrameCause.Beat => "wait for the beat of the screen",
        FrameCause.Image => "wait for a free image",
        FrameCause.Other => "are unexplained",
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, "No such cause."),
    };

    /// <summary>The cause in one or two words, for tables.</summary>
    /// <param name="cause">The cause.</param>
    public static string Label(FrameCause cause) => cause switch
    {
        FrameCause.GpuWork => "rendering",
        FrameCause.CpuWork => "CPU work",
        FrameCause.LinkRead => "link reads",
        FrameCause.Upload => "uploads",
        FrameCause.Eviction => "evictions",
        FrameCause.CpuWrite => "CPU writes",
        FrameCause.CpuRead => "CPU reads",
        FrameCause.Fault => "faults",
        FrameCause.Zap => "zaps",
        FrameCause.MoveWait => "move waits",
        FrameCause.OtherClient => "other client",
        FrameCause.Beat => "screen beat",
        FrameCause.Image => "image wait",
        FrameCause.Other => "unexplained",
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, "No such cause."),
    };
}
