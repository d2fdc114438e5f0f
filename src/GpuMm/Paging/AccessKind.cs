namespace GpuMm.Paging;

/// <summary>What the CPU does at an address.</summary>
public enum AccessKind : byte
{
    /// <summary>It reads.</summary>
    Read = 0,

    /// <summary>It writes.</summary>
    Write = 1,
}
