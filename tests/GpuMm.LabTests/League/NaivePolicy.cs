using System.Collections.Generic;
using System.Linq;

namespace GpuMm.LabTests.League;

/// <summary>The rules of a policy as they are written down: lists and sums, nothing clever. Index 0 of a list is its head.</summary>
internal abstract class NaivePolicy(long capacity)
{
    protected long Capacity => capacity;

    protected Dictionary<int, uint> Sizes { get; } = [];

    public abstract IEnumerable<int> Resident { get; }

    public long Misses { get; private set; }

    public ulong MissBytes { get; private set; }

    public void Request(int id, uint size, long next)
    {
        if (size == 0)
        {
            return;
        }

        bool isHit = Resident.Contains(id);
        if (isHit)
        {
            Hit(id, next);
            return;
        }

        Misses++;
        MissBytes += size;
        bool isAdmitted = Lookup(id, size);
        if (size > capacity || !isAdmitted)
        {
            return;
        }

        while (Sum(Resident) + size > capacity)
        {
            Evict(size);
        }

        Insert(id, size, next);
    }

    protected long Sum(IEnumerable<int> ids) => ids.Sum(id => Sizes[id]);

    protected abstract void Hit(int id, long next);

    protected virtual bool Lookup(int id, uint size) => true;

    protected abstract void Evict(uint incoming);

    protected abstract void Insert(int id, uint size, long next);
}
