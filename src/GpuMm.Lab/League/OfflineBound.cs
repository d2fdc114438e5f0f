using System;
using GpuMm.Eviction;

namespace GpuMm.Lab.League;

/// <summary>
/// What no policy can go below, whatever the sizes: each hit needs its object in memory from the request before, which is
/// room times requests; the memory has capacity times all requests of that, and the cheapest hits are taken first. Misses
/// and bytes are bounded apart, so no one policy need reach both.
/// </summary>
/// <remarks>
/// Needs no knowledge of the future in the trace. With unequal sizes it is usually below what is possible, since it lets
/// objects share room that only time separates. Source: Berger, Beckmann, Harchol-Balter, "Practical bounds on optimal
/// caching with variable object sizes" (SIGMETRICS 2018), the lower bound PFOO-L.
/// </remarks>
internal sealed class OfflineBound : ResidencyReplay
{
    private readonly BoundHistogram _hits = new();
    private readonly BoundHistogram _hitBytes = new();
    private PolicyNodes<BoundNode> _nodes;

    public OfflineBound(long capacity)
        : base(BoundName, capacity)
    {
        _nodes.Reserve(1024);
    }

    public static string BoundName => "bound";

    public override bool IsResident(int slot) => false;

    public override void Play(in ReplayBatch batch)
    {
        _nodes.Reserve(batch.SlotCount);
        foreach (ReplayRequest request in batch.Requests)
        {
            if (request.Slot < 0)
            {
                continue;
            }

            long number = ++Requests;
            RequestBytes += request.Size;
            ref BoundNode node = ref _nodes[request.Slot];
            node.LeastSize = node.Last == 0 ? request.Size : Math.Min(node.LeastSize, request.Size);
            if (node.Last != 0 && node.LeastSize <= Capacity)
            {
                ulong room = node.LeastSize * (ulong)(number - node.Last);
                _hits.Add(room, 1);
                _hitBytes.Add(room, request.Size);
            }

            node.Last = number;
        }
    }

    /// <summary>Settles the counts; after the last batch.</summary>
    public void Finish()
    {
        UInt128 budget = (UInt128)(ulong)Capacity * (ulong)Requests;
        Misses = Requests - (long)_hits.MostBenefit(budget);
        MissBytes = RequestBytes - _hitBytes.MostBenefit(budget);
    }
}
