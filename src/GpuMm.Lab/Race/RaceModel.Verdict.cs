namespace GpuMm.Lab.Race;

/// <content>What a complete schedule came to.</content>
internal readonly partial struct RaceModel
{
    private const int PageCount = 2;

    /// <summary>Judges the last state of a schedule.</summary>
    public RaceVerdict Judge(in RaceState state, ScheduleEnd reason)
    {
        if (state.IsLiveLock || reason == ScheduleEnd.StepLimit)
        {
            return RaceVerdict.LiveLock;
        }

        if (!AreAllDone(in state))
        {
            return RaceVerdict.DeadLock;
        }

        bool isStale = false;
        bool isLost = false;
        bool isWrong = state.ReadWrong;
        for (int page = 0; page < PageCount; page++)
        {
            byte place = state.Place[page];
            byte entry = state.Entry[page];
            isStale |= entry != RaceState.None && (entry != place || state.IsAreaGone);

            // A page that has left the object took its contents along: nothing of it can be lost.
            isLost |= place != RaceState.None && (state.Stored[page] & ~state.FirstHalf[place]) != 0;
            isWrong |= place != RaceState.None && !IsWholeObject(place, in state);
        }

        return (isStale, state.WroteForeign, isLost, isWrong) switch
        {
            (true, true, _, _) => RaceVerdict.StaleForeign,
            (true, _, true, _) => RaceVerdict.StaleLostWrite,
            (true, _, _, _) => RaceVerdict.StaleHarmless,
            (_, _, true, _) => RaceVerdict.LostWrite,
            (_, _, _, true) => RaceVerdict.WrongData,
            _ => RaceVerdict.Ok,
        };
    }
}
