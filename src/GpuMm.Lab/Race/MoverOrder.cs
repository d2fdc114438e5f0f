namespace GpuMm.Lab.Race;

/// <summary>In which order a mover takes the three steps that matter.</summary>
public enum MoverOrder
{
    /// <summary>Revoke the mappings, copy, then name the new place: the order of TTM.</summary>
    ZapCopyRetarget,

    /// <summary>Copy while the mappings still work, revoke them, name the new place.</summary>
    CopyZapRetarget,

    /// <summary>Copy, name the new place, revoke the mappings last.</summary>
    CopyRetargetZap,
}
