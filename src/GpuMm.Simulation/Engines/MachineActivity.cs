namespace GpuMm.Simulation;

/// <summary>What a part of the machine does during a span.</summary>
public enum MachineActivity : byte
{
    /// <summary>Drawing or computing.</summary>
    Job = 0,

    /// <summary>Copying an object to or from the card, because a client asked for it.</summary>
    Copy = 1,

    /// <summary>Copying an object out of the way of another.</summary>
    Eviction = 2,

    /// <summary>Filling fresh memory of the card with zeros.</summary>
    Clear = 3,

    /// <summary>Waiting for several fences at once; takes no time of its own.</summary>
    Join = 4,

    /// <summary>The CPU reads or writes memory.</summary>
    CpuAccess = 5,

    /// <summary>The CPU is in the fault handler.</summary>
    CpuFault = 6,

    /// <summary>The CPU revokes page-table entries.</summary>
    CpuZap = 7,

    /// <summary>The CPU waits for a fence.</summary>
    CpuWait = 8,
}
