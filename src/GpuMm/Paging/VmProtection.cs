using System;

namespace GpuMm.Paging;

/// <summary>What a mapping allows.</summary>
[Flags]
public enum VmProtection : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Reads.</summary>
    Read = 1,

    /// <summary>Writes. As on most processors, what may be written may be read.</summary>
    Write = 2,

    /// <summary>Reads and writes.</summary>
    ReadWrite = Read | Write,
}
