namespace GpuMm.Clients.Spu;

/// <summary>Gives processors to contexts: who touches the problem state of a saved one waits here.</summary>
public interface ISpuScheduler
{
    /// <summary>Returns when the context ran at least for a moment. Lock: none of the fault path is held.</summary>
    /// <param name="context">The context.</param>
    void WaitUntilRunning(SpuContext context);
}
