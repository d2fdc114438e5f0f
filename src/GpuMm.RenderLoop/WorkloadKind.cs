namespace GpuMm.RenderLoop;

/// <summary>What a run does.</summary>
public enum WorkloadKind : byte
{
    /// <summary>A camera walks through the scene; textures load when they come into view.</summary>
    FlyThrough = 0,

    /// <summary>Half-way a level is left and another is loaded behind a loading screen.</summary>
    LevelLoad = 1,

    /// <summary>For a sixth of the run a second client takes the screen and the memory; then the first comes back.</summary>
    AltTab = 2,

    /// <summary>Textures are used in a circle that is a little too large for video memory.</summary>
    Thrash = 3,

    /// <summary>A film is decoded and shown beside the game.</summary>
    Video = 4,

    /// <summary>A recording is done again.</summary>
    Replay = 5,
}
