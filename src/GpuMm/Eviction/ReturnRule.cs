namespace GpuMm.Eviction;

/// <summary>Where an object is asked to go that was evicted and is now used again.</summary>
/// <remarks>The four that amdgpu had or that were proposed for it, and the plain wish of the caller.</remarks>
public enum ReturnRule : byte
{
    /// <summary>Where the caller prefers, evicting others: every use moves back. Ping-pongs under pressure.</summary>
    AlwaysBack = 0,

    /// <summary>Where the caller prefers while the budget of moved bytes lasts, else where it is allowed to be.</summary>
    Budgeted,

    /// <summary>Back only while there is free room; otherwise it stays where it fell.</summary>
    StayWhereFallen,

    /// <summary>A protected object goes back and evicts for it; the others stay where they fell.</summary>
    ProtectedBack,
}
