namespace GpuMm.Simulation;

/// <summary>Is told what the parts of a machine do: for tracks of a timeline, and for the causes of a late frame.</summary>
public interface IMachineObserver
{
    /// <summary>Something is over.</summary>
    /// <param name="span">What, where and when; in the order of ends, per machine.</param>
    /// <remarks>
    /// Called while time advances, with reservations held perhaps: it must neither submit nor wait. A CPU span is told
    /// when the CPU is done, so it may come after spans of engines that ended during it.
    /// </remarks>
    void OnSpan(in MachineSpan span);
}
