namespace GpuMm.RenderLoop;

/// <summary>How the bytes of a new texture reach the GPU.</summary>
public enum UploadPath : byte
{
    /// <summary>The texture is made in system RAM and written through its mapping; a move brings it to the GPU.</summary>
    Mapping = 0,

    /// <summary>The texture is made in video memory; its bytes go through a pinned buffer in the aperture and a copy.</summary>
    Staging = 1,
}
