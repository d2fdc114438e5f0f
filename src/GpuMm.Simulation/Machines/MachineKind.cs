namespace GpuMm.Simulation;

/// <summary>What a profile stands for.</summary>
public enum MachineKind : byte
{
    /// <summary>A kind of machine, with round figures.</summary>
    Generic = 0,

    /// <summary>One card, with the figures that its maker published.</summary>
    Card = 1,
}
