namespace GpuMm.LabTests;

internal struct LockModelState
{
    /// <summary>Eight bits per actor: the index of its next step.</summary>
    public ulong Counters;

    /// <summary>Four bits per lock: its owner's number + 1.</summary>
    public ulong Owners;
}
