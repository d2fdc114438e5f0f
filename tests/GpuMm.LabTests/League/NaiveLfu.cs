using System.Collections.Generic;
using System.Linq;

namespace GpuMm.LabTests.League;

/// <summary>LFU, and GDSF with a cost per miss or per byte: the victim is found by sorting everything.</summary>
internal sealed class NaiveLfu(string name, long capacity) : NaivePolicy(capacity)
{
    private readonly Dictionary<int, (double Worth, int Count, int Entered)> _known = [];
    private int _clock;
    private double _age;

    public override IEnumerable<int> Resident => _known.Keys;

    protected override void Hit(int id, long next) => Set(id, _known[id].Count + 1);

    protected override void Evict(uint incoming)
    {
        int victim = _known.OrderBy(static item => item.Value.Worth).ThenBy(static item => item.Value.Entered).First().Key;
        _age = _known[victim].Worth;
        _known.Remove(victim);
    }

    protected override void Insert(int id, uint size, long next)
    {
        Sizes[id] = size;
        Set(id, 1);
    }

    private void Set(int id, int count) => _known[id] = (name switch
    {
        "lfu" => count,
        "gdsf" => _age + (count * 1.0 / Sizes[id]),
        _ => _age + (count * (double)Sizes[id] / Sizes[id]),
    }, count, _clock++);
}
