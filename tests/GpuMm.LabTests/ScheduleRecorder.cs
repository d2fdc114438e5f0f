using System;
using System.Collections.Generic;
using GpuMm.Lab.Race;

namespace GpuMm.LabTests;

/// <summary>Keeps every schedule as text.</summary>
internal readonly struct ScheduleRecorder() : IScheduleVisitor<LockModelState>
{
    public List<string> Schedules { get; } = [];

    public List<ScheduleEnd> Ends { get; } = [];

    public void Complete(ReadOnlySpan<byte> schedule, in LockModelState state, ScheduleEnd reason)
    {
        Schedules.Add(string.Concat(schedule.ToArray()));
        Ends.Add(reason);
    }
}
