namespace GpuMm.Lab.Replay.Compact;

/// <summary>Neighbours of an object in the device's list; -1 at an end.</summary>
internal struct CompactLink
{
    /// <summary>The next older one.</summary>
    public int Older;

    /// <summary>The next younger one.</summary>
    public int Younger;
}
