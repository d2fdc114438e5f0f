namespace GpuMm.Paging;

/// <summary>Hears what happens inside a fault, step by step: for narration, never for decisions.</summary>
public interface IFaultTrace
{
    /// <summary>A step was taken.</summary>
    /// <param name="taken">The step.</param>
    /// <param name="value">What it is about; see <see cref="FaultStep"/>.</param>
    /// <remarks>Lock: called under whatever the step holds; must not call back.</remarks>
    void OnStep(FaultStep taken, ulong value);
}
