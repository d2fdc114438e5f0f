namespace GpuMm.Lab.Race;

/// <summary>Why a schedule ended.</summary>
public enum ScheduleEnd
{
    /// <summary>No actor can step: all are done, or those that are not wait for one another.</summary>
    NobodyCanStep,

    /// <summary>Some actor could go on, but the limit of steps is reached: the actors chase each other.</summary>
    StepLimit,
}
