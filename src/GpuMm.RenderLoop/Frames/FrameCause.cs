namespace GpuMm.RenderLoop.Frames;

/// <summary>What one stretch of a frame's time was spent on. Every nanosecond of a frame has exactly one cause.</summary>
public enum FrameCause : byte
{
    /// <summary>The render engine worked: its fixed share and what it read from video memory.</summary>
    GpuWork = 0,

    /// <summary>The processor did what it does in every frame beside memory.</summary>
    CpuWork = 1,

    /// <summary>The render engine read textures over the link, because they were not in video memory.</summary>
    LinkRead = 2,

    /// <summary>The render engine waited for a copy into video memory.</summary>
    Upload = 3,

    /// <summary>The render engine waited for a copy out of video memory that made room.</summary>
    Eviction = 4,

    /// <summary>The processor wrote through a mapping: a new texture, or one that changed.</summary>
    CpuWrite = 5,

    /// <summary>The processor read through a mapping.</summary>
    CpuRead = 6,

    /// <summary>The processor was in the fault handler.</summary>
    Fault = 7,

    /// <summary>Entries were revoked because an object moved.</summary>
    Zap = 8,

    /// <summary>The processor waited for a copy: a fault on an object that moves, or room that is not free yet.</summary>
    MoveWait = 9,

    /// <summary>Another client's job held the render engine.</summary>
    OtherClient = 10,

    /// <summary>The frame was done and waited for the beat of the screen.</summary>
    Beat = 11,

    /// <summary>The frame waited for an image that was still shown.</summary>
    Image = 12,

    /// <summary>None of these; a run where it occurs is one that the model of causes does not explain.</summary>
    Other = 13,
}
