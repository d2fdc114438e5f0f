using System;
using System.Diagnostics;
using System.Numerics;
using GpuMm.Primitives;

namespace GpuMm.Lab.Replay.Compact;

/// <content>Fetching the next victims: the oldest, which are in no cache.</content>
internal sealed partial class CompactReplay<TPolicy>
{
    private const int AheadCount = 16; // A power of two
    private const int SpaceAhead = 9;
    private const int NeighboursAhead = 5;
    private const int HolesAhead = 2;
    private const int FitAhead = 6; // Uses of a job ahead
    private const int FitRecordAhead = 3;

    private readonly int[] _ahead = new int[AheadCount]; // A ring of the next victims; -1 for nobody
    private uint _aheadFirst;
    private int _aheadPlace; // Where the next one after them is looked for

    // Between submissions uses make others the oldest; within one only victims leave. So the row is made anew for each.
    private void FetchFirstVictims()
    {
        Debug.Assert(BitOperations.IsPow2(AheadCount), "Places of the ring are found by masking.");
        if (!TPolicy.IsList)
        {
            return;
        }

        _aheadPlace = _vramOrder.FirstPlace;
        _aheadFirst = 0;
        for (int i = 0; i < AheadCount; i++)
        {
            int victim = _vramOrder.NextVictim(ref _aheadPlace);
            _ahead[i] = victim;
            if (victim >= 0)
            {
                _objects.Prefetch(victim);
            }
        }

        for (int i = 0; i < SpaceAhead; i++)
        {
            FetchSpace(i);
        }

        for (int i = 0; i < NeighboursAhead; i++)
        {
            FetchNeighbours(i);
        }

        for (int i = 0; i < HolesAhead; i++)
        {
            FetchHoles(i);
        }
    }

    // One victim is taken: each of the others comes a step nearer. What a step looks at was fetched some steps before.
    private void FetchNextVictim()
    {
        int victim = _vramOrder.NextVictim(ref _aheadPlace);
        _ahead[(int)(_aheadFirst & (AheadCount - 1))] = victim;
        _aheadFirst++;
        if (victim >= 0)
        {
            _objects.Prefetch(victim);
        }

        FetchSpace(SpaceAhead - 1);
        FetchNeighbours(NeighboursAhead - 1);
        FetchHoles(HolesAhead - 1);
    }

    // The holes into which those of a job will go that are not in video memory, as far as they are known.
    private void FetchFits(ReadOnlySpan<CompactUse> uses, int done)
    {
        if (done + FitAhead < uses.Length && uses[done + FitAhead].MissPages is > 0 and uint farPages)
        {
            _space.PrefetchFit(Pages.Bytes(farPages));
        }

        if (done + FitRecordAhead < uses.Length && uses[done + FitRecordAhead].MissPages is > 0 and uint nearPages)
        {
            _space.PrefetchFitRecord(Pages.Bytes(nearPages));
            PrefetchLinkTime(nearPages);
        }
    }

    private void FetchSpace(int ahead)
    {
        int victim = _ahead[(int)((_aheadFirst + (uint)ahead) & (AheadCount - 1))];
        if (victim >= 0)
        {
            _space.Prefetch(_objects[victim].Space);
        }
    }

    private void FetchHoles(int ahead)
    {
        int victim = _ahead[(int)((_aheadFirst + (uint)ahead) & (AheadCount - 1))];
        if (victim >= 0)
        {
            _space.PrefetchHoles(_objects[victim].Space);
            PrefetchLinkTime(_objects[victim].PageCount);
        }
    }

    private void FetchNeighbours(int ahead)
    {
        int victim = _ahead[(int)((_aheadFirst + (uint)ahead) & (AheadCount - 1))];
        if (victim >= 0)
        {
            _space.PrefetchNeighbours(_objects[victim].Space);
        }
    }
}
