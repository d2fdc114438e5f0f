namespace GpuMm.Dashboard.Live;

/// <summary>What the colours of a heap map mean.</summary>
public enum HeapColor
{
    /// <summary>Whose it is.</summary>
    Client,

    /// <summary>How long ago it was made.</summary>
    Age,

    /// <summary>How long ago it was used.</summary>
    Idle,

    /// <summary>Whether it is where its owner wants it.</summary>
    Placement,
}
