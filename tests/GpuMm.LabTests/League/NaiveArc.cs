using System;
using System.Collections.Generic;
using System.Linq;

namespace GpuMm.LabTests.League;

/// <summary>ARC: four lists and a target.</summary>
internal sealed class NaiveArc(long capacity) : NaivePolicy(capacity)
{
    private readonly List<int> _t1 = [];
    private readonly List<int> _t2 = [];
    private readonly List<int> _b1 = [];
    private readonly List<int> _b2 = [];
    private double _p;
    private int _ghostHit; // 0 none, 1 in B1, 2 in B2

    /// <summary>Residents that are passed over: the oldest of the others goes in their stead.</summary>
    public HashSet<int> Vetoed { get; } = [];

    public IEnumerable<int> Ghosts => _b1.Concat(_b2);

    /// <summary>Whether anybody can be evicted.</summary>
    public bool HasVictim => Resident.Any(id => !Vetoed.Contains(id));

    public override IEnumerable<int> Resident => _t1.Concat(_t2);

    protected override void Hit(int id, long next)
    {
        _t1.Remove(id);
        _t2.Remove(id);
        _t2.Insert(0, id);
    }

    /// <summary>Evicts one for an object that was looked up.</summary>
    public void EvictOne(uint incoming) => Evict(incoming);

    public bool Ask(int id, uint size) => Lookup(id, size);

    public void Use(int id) => Hit(id, next: 0);

    public void Admit(int id, uint size) => Insert(id, size, next: 0);

    protected override bool Lookup(int id, uint size)
    {
        _ghostHit = _b1.Contains(id) ? 1 : _b2.Contains(id) ? 2 : 0;
        if (_ghostHit == 1)
        {
            _p = Math.Min(_p + Math.Max((double)Sum(_b2) / Sum(_b1), 1), Capacity);
            _b1.Remove(id);
        }
        else if (_ghostHit == 2)
        {
            _p = Math.Max(_p - Math.Max((double)Sum(_b1) / Sum(_b2), 1), 0);
            _b2.Remove(id);
        }

        return true;
    }

    protected override void Evict(uint incoming)
    {
        if (_ghostHit != 0)
        {
            Replace();
        }
        else if (Sum(_t1) + Sum(_b1) + incoming > Capacity)
        {
            if (_b1.Count > 0)
            {
                _b1.RemoveAt(_b1.Count - 1);
                Replace();
            }
            else if (Oldest(_t1) >= 0)
            {
                _t1.RemoveAt(Oldest(_t1));
            }
            else
            {
                Replace();
            }
        }
        else
        {
            if (Sum(_t1) + Sum(_b1) + Sum(_t2) + Sum(_b2) >= 2 * Capacity && _b2.Count > 0)
            {
                _b2.RemoveAt(_b2.Count - 1);
            }

            Replace();
        }
    }

    protected override void Insert(int id, uint size, long next)
    {
        Sizes[id] = size;
        (_ghostHit != 0 ? _t2 : _t1).Insert(0, id);
    }

    private void Replace()
    {
        long t1 = Sum(_t1);
        bool isOver = t1 > _p || (t1 == _p && _ghostHit == 2);
        bool fromT1 = (Oldest(_t1) >= 0 && isOver) || Oldest(_t2) < 0;
        (List<int> from, List<int> to) = fromT1 ? (_t1, _b1) : (_t2, _b2);
        int oldest = Oldest(from);
        to.Insert(0, from[oldest]);
        from.RemoveAt(oldest);
    }

    private int Oldest(List<int> list) => list.FindLastIndex(id => !Vetoed.Contains(id));
}
