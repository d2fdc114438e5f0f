namespace GpuMm.Clients.Spu;

/// <summary>Where an SPU context is. Saved --Run--> Running --Save--> Saved.</summary>
public enum SpuState
{
    /// <summary>In its copy in system memory.</summary>
    Saved,

    /// <summary>On a processor.</summary>
    Running,
}
