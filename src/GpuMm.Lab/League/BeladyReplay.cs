using System;
using GpuMm.Eviction;

namespace GpuMm.Lab.League;

/// <summary>Belady's rule: the object whose next use is farthest goes first, those never used again before all others.</summary>
/// <remarks>
/// The floor of misses when all objects have one size; with unequal sizes it is not, see <see cref="OfflineBound"/>. No
/// bypass: an object that is never used again still comes in. Source: Belady, "A study of replacement algorithms" (1966).
/// </remarks>
internal sealed class BeladyReplay : ResidencyReplay
{
    private const int LookAhead = 12;
    private const long Never = -1;

    private readonly OracleTrace _trace;
    private readonly ObjectTable _table;
    private readonly FarthestUse _uses;
    private readonly OracleRecord[] _one = new OracleRecord[1];
    private PolicyNodes<BeladyNode> _nodes;
    private int _firstDead = -1; // a stack

    public BeladyReplay(long capacity, OracleTrace trace, ObjectTable table)
        : base(BeladyName, capacity)
    {
        _trace = trace;
        _table = table;
        _uses = new FarthestUse(trace.RecordCount);
        _nodes.Reserve(1024);
    }

    public static string BeladyName => "belady";

    public override bool IsResident(int slot) => _nodes[slot].Next != 0;

    public override void Play(in ReplayBatch batch)
    {
        _nodes.Reserve(batch.SlotCount);
        ReadOnlySpan<ReplayRequest> requests = batch.Requests;
        for (int i = 0; i < requests.Length; i++)
        {
            if (i + LookAhead < requests.Length && requests[i + LookAhead].Slot >= 0)
            {
                _nodes.Prefetch(requests[i + LookAhead].Slot);
            }

            if (requests[i].Slot >= 0)
            {
                Request(requests[i].Slot, requests[i].Size, batch.FirstNumber + i, batch.Records[i]);
            }
        }
    }

    private void Request(int slot, uint size, long number, in OracleRecord record)
    {
        Requests++;
        RequestBytes += size;
        long next = record.IsLast ? Never : record.Next;
        if (next != Never && (next <= number || next > _trace.RecordCount))
        {
            throw new LeagueException(
                $"Record {number} says that object {record.Id} is next used at {record.Next}, which is no later record: the trace does " +
                "not know the future. Leave out 'belady', or convert the trace to oracleGeneral with next uses.");
        }

        ref BeladyNode node = ref _nodes[slot];
        if (node.Next == 0)
        {
            Miss(slot, size, next);
            return;
        }

        if (node.Next != number && !IsPassedOver(node.Next, record.Id))
        {
            throw new LeagueException(
                $"Object {record.Id} is used at record {number}, but the record before said {(node.Next == Never ? "never" : node.Next)}: " +
                "the trace does not know the future. Leave out 'belady', or convert the trace to oracleGeneral with next uses.");
        }

        _uses.Remove(node.Next);
        Await(slot, ref node, next);
    }

    private void Miss(int slot, uint size, long next)
    {
        Misses++;
        MissBytes += size;
        if (size > Capacity)
        {
            Refusals++;
            return;
        }

        while (Occupied + size > Capacity)
        {
            int victim = TakeVictim();
            Occupied -= _nodes[victim].Size;
            _nodes[victim].Next = 0;
            Evictions++;
        }

        ref BeladyNode node = ref _nodes[slot];
        node.Size = size;
        Occupied += size;
        Await(slot, ref node, next);
    }

    private void Await(int slot, ref BeladyNode node, long next)
    {
        node.Next = next;
        if (next == Never)
        {
            node.NextDead = _firstDead;
            _firstDead = slot;
        }
        else
        {
            _uses.Add(next);
        }
    }

    // The next use may have been a request of size 0, which is passed over: the object keeps that number until it is used.
    private bool IsPassedOver(long next, ulong id) =>
        next != Never && _trace.Read(next - 1, _one) == 1 && _one[0].Id == id && _one[0].ObjectBytes == 0;

    private int TakeVictim()
    {
        if (_firstDead >= 0)
        {
            int dead = _firstDead;
            _firstDead = _nodes[dead].NextDead;
            return dead;
        }

        long farthest = _uses.Last();
        _uses.Remove(farthest);
        _trace.Read(farthest - 1, _one);
        return _table.Find(_one[0].Id);
    }
}
