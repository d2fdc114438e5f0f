namespace GpuMm.Lab.Race;

/// <summary>The fence of a copy that an engine makes.</summary>
internal enum RaceFence : byte
{
    /// <summary>No copy was queued.</summary>
    None,

    /// <summary>The copy is queued or runs.</summary>
    Pending,

    /// <summary>The copy is done.</summary>
    Signaled,
}
