using System;

namespace GpuMm.Lab.Race;

/// <summary>Counts verdicts and keeps the first schedule of each bad one.</summary>
internal struct RaceTally(RaceModel model) : IScheduleVisitor<RaceState>
{
    private const int VerdictCount = (int)RaceVerdict.DeadLock + 1;

    public readonly long[] Counts { get; } = new long[VerdictCount];

    public readonly byte[][] Offending { get; } = new byte[VerdictCount][];

    public RaceVerdict OffendingVerdict { get; private set; }

    public int RetriesMax { get; private set; }

    public int StepsMax { get; private set; }

    public void Complete(ReadOnlySpan<byte> schedule, in RaceState state, ScheduleEnd reason)
    {
        RaceVerdict verdict = model.Judge(in state, reason);
        Counts[(int)verdict]++;
        RetriesMax = Math.Max(RetriesMax, state.RetriesMax);
        StepsMax = Math.Max(StepsMax, schedule.Length);
        if (verdict == RaceVerdict.Ok)
        {
            return;
        }

        Offending[(int)verdict] ??= schedule.ToArray();
        if (OffendingVerdict == RaceVerdict.Ok)
        {
            OffendingVerdict = verdict;
        }
    }
}
