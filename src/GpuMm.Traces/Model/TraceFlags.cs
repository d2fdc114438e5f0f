using System;

namespace GpuMm.Traces.Model;

/// <summary>More about an event. The numbers are part of the file format.</summary>
[Flags]
public enum TraceFlags : byte
{
    /// <summary>Nothing more.</summary>
    None = 0,

    /// <summary>It writes; without it, it reads.</summary>
    Write = 1,

    /// <summary>The source does not hold this event: an importer or a projection inferred it.</summary>
    Inferred = 2,

    /// <summary>It was asked for and refused.</summary>
    Failed = 4,

    /// <summary>Contents may be dropped.</summary>
    Purgeable = 8,

    /// <summary>The source's value is known to be wrong (a kernel bug) and was left out.</summary>
    Repaired = 16,

    /// <summary>A device event that has a domain in From; without it, From means none.</summary>
    HasFrom = 32,

    /// <summary>A device event that has a domain in To; without it, To means none.</summary>
    HasTo = 64,
}
