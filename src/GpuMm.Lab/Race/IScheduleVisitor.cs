using System;

namespace GpuMm.Lab.Race;

/// <summary>Told of every complete schedule, in enumeration order.</summary>
/// <typeparam name="TState">The state of the model.</typeparam>
public interface IScheduleVisitor<TState>
    where TState : struct
{
    /// <summary>One schedule has come to its end.</summary>
    /// <param name="schedule">Which actor took each step; valid during the call only.</param>
    /// <param name="state">The state after the last step.</param>
    /// <param name="reason">Why there is no further step.</param>
    void Complete(ReadOnlySpan<byte> schedule, in TState state, ScheduleEnd reason);
}
