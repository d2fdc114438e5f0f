namespace GpuMm.Lab.Race;

/// <summary>A few actors that take atomic steps on one shared state.</summary>
/// <typeparam name="TState">The whole state as a value: a copy of it is a snapshot.</typeparam>
public interface IStepModel<TState>
    where TState : struct
{
    /// <summary>Gets how many actors there are; they are numbered from 0.</summary>
    int ActorCount { get; }

    /// <summary>Takes the next step of one actor.</summary>
    /// <param name="actor">The actor, 0 to <see cref="ActorCount"/> - 1.</param>
    /// <param name="state">The state to change; its value is unspecified when the answer is <see langword="false"/>.</param>
    /// <returns><see langword="false"/> when the actor is done or waits for something.</returns>
    bool TryStep(int actor, ref TState state);
}
