namespace GpuMm.Vulkan.Calibration;

/// <summary>Which way a copy goes.</summary>
public enum CopyPath : byte
{
    /// <summary>From the aperture into video memory.</summary>
    ToDevice = 0,

    /// <summary>From video memory into the aperture.</summary>
    ToHost = 1,

    /// <summary>Zeroes into video memory, as fresh objects get them.</summary>
    Clear = 2,
}
