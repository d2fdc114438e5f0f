namespace GpuMm.Lab.Gate;

/// <summary>What a comparison with the baseline says.</summary>
public enum GateVerdict
{
    /// <summary>The same, or worse by no more than is allowed.</summary>
    Same,

    /// <summary>Better by more than what is allowed the other way: time for a new baseline.</summary>
    Better,

    /// <summary>Worse by more than is allowed.</summary>
    Worse,

    /// <summary>In the baseline, and not here any more, or failed now.</summary>
    Missing,

    /// <summary>Not in the baseline.</summary>
    New,
}
