using GpuMm.Eviction;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>A ranking of which the next victims may be known early, so that they can be fetched.</summary>
internal interface ICompactRanking : IEvictionPolicy
{
    /// <summary>True for the device's own list: who is used becomes the youngest, however often it is told.</summary>
    static abstract bool IsList { get; }

    /// <summary>Where the next victim is looked for.</summary>
    int FirstPlace { get; }

    /// <summary>The next victim from a place on; -1 when there is none, or it is not known. Changes nothing.</summary>
    /// <param name="place">The place; receives the one behind the victim. It leads astray, but nowhere else, when the order has changed.</param>
    int Next(ref int place);
}
