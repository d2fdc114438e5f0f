namespace GpuMm.Clients.Legacy;

/// <summary>What nopage and nopfn answer beside a page.</summary>
public enum LegacyAnswer
{
    /// <summary>A page.</summary>
    Page,

    /// <summary>There is nothing (SIGBUS).</summary>
    SigBus,

    /// <summary>No memory (OOM).</summary>
    OutOfMemory,

    /// <summary>The entry is in place already: repeat the access (REFAULT).</summary>
    Refault,
}
