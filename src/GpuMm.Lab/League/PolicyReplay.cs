using System;
using GpuMm.Eviction;

namespace GpuMm.Lab.League;

/// <summary>A replay under an online policy, compiled for it.</summary>
/// <typeparam name="TPolicy">The policy.</typeparam>
internal sealed class PolicyReplay<TPolicy> : ResidencyReplay
    where TPolicy : struct, IEvictionPolicy
{
    private const int LookAhead = 16;
    private const int NearLookAhead = 6; // By then the node itself has come.

#pragma warning disable IDE0044 // The struct changes: in a read-only field each call would change a copy.
    private TPolicy _policy = new();
#pragma warning restore IDE0044

    public PolicyReplay(string name, long capacity)
        : base(name, capacity)
    {
        _policy.Reserve(1024);
        _policy.Start(capacity, mayRefuse: true);
    }

    public override bool IsResident(int slot) => _policy.IsResident(slot);

    public override void Play(in ReplayBatch batch)
    {
        _policy.Reserve(batch.SlotCount);
        ReadOnlySpan<ReplayRequest> requests = batch.Requests;
        ulong bytes = 0;
        long count = 0;
        for (int i = 0; i < requests.Length; i++)
        {
            if (i + LookAhead < requests.Length && requests[i + LookAhead].Slot >= 0)
            {
                _policy.Prefetch(requests[i + LookAhead].Slot);
            }

            if (i + NearLookAhead < requests.Length && requests[i + NearLookAhead].Slot >= 0)
            {
                _policy.PrefetchNeighbours(requests[i + NearLookAhead].Slot);
            }

            ReplayRequest request = requests[i];
            if (request.Slot < 0)
            {
                continue;
            }

            count++;
            bytes += request.Size;
            if (_policy.IsResident(request.Slot))
            {
                _policy.Hit(request.Slot);
            }
            else
            {
                Miss(request.Slot, request.Size);
            }
        }

        Requests += count;
        RequestBytes += bytes;
    }

    private void Miss(int slot, uint size)
    {
        Misses++;
        MissBytes += size;
        if (!_policy.Miss(slot, size) || size > Capacity)
        {
            _policy.Remove(slot);
            Refusals++;
            return;
        }

        while (Occupied + size > Capacity)
        {
            int victim = _policy.SelectVictim(slot, size);
            if (victim < 0)
            {
                throw new InvalidOperationException($"Policy '{Policy}' holds {Occupied} units and names no victim.");
            }

            Occupied -= _policy.SizeOf(victim);
            _policy.Evict(victim);
            Evictions++;
        }

        if (_policy.Insert(slot, size))
        {
            Occupied += size;
        }
        else
        {
            Refusals++;
        }
    }
}
