namespace GpuMm.Objects;

/// <summary>When the aperture's table is written.</summary>
public enum GartMode : byte
{
    /// <summary>No table is kept.</summary>
    None = 0,

    /// <summary>When an object comes to the aperture.</summary>
    Eager = 1,

    /// <summary>When the GPU first uses it there: <see cref="GpuDevice.BindToAperture"/>.</summary>
    Lazy = 2,
}
