namespace GpuMm.Simulation;

/// <summary>How far a figure can be trusted.</summary>
public enum FigureBasis : byte
{
    /// <summary>Stands in a standard, a data sheet or a paper.</summary>
    Published = 0,

    /// <summary>Computed from published figures; the source shows the arithmetic.</summary>
    Derived = 1,

    /// <summary>Chosen: of the right size, measured by nobody.</summary>
    Estimate = 2,

    /// <summary>Measured on the device itself; the source says how, and how far it can be off.</summary>
    Measured = 3,
}
