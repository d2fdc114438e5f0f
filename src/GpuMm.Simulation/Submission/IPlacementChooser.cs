using GpuMm.Objects;

namespace GpuMm.Simulation;

/// <summary>Says where the objects of a submission go, in place of budget, throttle and policy: a replay knows what they said.</summary>
public interface IPlacementChooser
{
    /// <summary>Where an object goes next.</summary>
    /// <param name="target">The object. Lock: its reservation.</param>
    /// <param name="last">How the attempt before ended; null for the first.</param>
    /// <param name="placement">The placement to validate it in.</param>
    /// <returns>False when there is nothing more to try: the last answer holds, and without one the object stays where it is.</returns>
    bool TryChoose(BufferObject target, MmStatus? last, out Placement placement);
}
