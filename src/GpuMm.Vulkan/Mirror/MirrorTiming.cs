namespace GpuMm.Vulkan.Mirror;

/// <summary>Whose durations drive the virtual clock.</summary>
public enum MirrorTiming : byte
{
    /// <summary>The machine profile's; the device's are only compared with them.</summary>
    Model = 0,

    /// <summary>The device's: each copy takes on the virtual clock what its timestamps say. Runs differ then.</summary>
    Measured = 1,
}
