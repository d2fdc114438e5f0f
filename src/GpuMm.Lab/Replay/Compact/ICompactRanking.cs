using GpuMm.Eviction;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>A ranking of which the next victims may be known early, so that they can be fetched.</summary>
internal interface ICompactRanking : IEvictionPolicy
{
    /// <summary>True for the device's own list: who is used becomes the youngest, however often it is told.</summary>
    static abstract bool IsList { get; }

    /// <summary>The next victim; -1 when there is none, or it is not known.</summary>
    int Oldest { get; }

    /// <summary>The victim after one; -1 when there is none, or it is not known.</summary>
    /// <param name="slot">A victim.</param>
    int After(int slot);
}
