namespace GpuMm.Vulkan.Mirror;

/// <summary>What happens when the device fails under a mirror.</summary>
public enum MirrorFailure : byte
{
    /// <summary>The simulation goes on without the mirror.</summary>
    Continue = 0,

    /// <summary>The move throws <see cref="MirrorFailedException"/>, and the run ends.</summary>
    Stop = 1,
}
