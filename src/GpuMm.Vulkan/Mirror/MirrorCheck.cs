namespace GpuMm.Vulkan.Mirror;

/// <summary>When a shader proves that the device holds the right bytes.</summary>
public enum MirrorCheck : byte
{
    /// <summary>Never, unless asked.</summary>
    None = 0,

    /// <summary>After each move, of the object that moved.</summary>
    EachMove = 1,
}
