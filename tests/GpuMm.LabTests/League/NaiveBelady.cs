using System.Collections.Generic;
using System.Linq;

namespace GpuMm.LabTests.League;

/// <summary>Belady: the farthest next use goes, never-again before all; the last to become so first.</summary>
internal sealed class NaiveBelady(long capacity) : NaivePolicy(capacity)
{
    private readonly List<(int Id, long Next)> _resident = [];

    public override IEnumerable<int> Resident => _resident.Select(static item => item.Id);

    protected override void Hit(int id, long next)
    {
        _resident.RemoveAll(item => item.Id == id);
        _resident.Add((id, next));
    }

    protected override void Evict(uint incoming)
    {
        int dead = _resident.FindLastIndex(static item => item.Next == -1);
        int victim = dead >= 0 ? dead : _resident.IndexOf(_resident.MaxBy(static item => item.Next));
        _resident.RemoveAt(victim);
    }

    protected override void Insert(int id, uint size, long next)
    {
        Sizes[id] = size;
        _resident.Add((id, next));
    }
}
