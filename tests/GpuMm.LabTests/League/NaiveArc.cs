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

    public override IEnumerable<int> Resident => _t1.Concat(_t2);

    protected override void Hit(int id, long next)
    {
        _t1.Remove(id);
        _t2.Remove(id);
        _t2.Insert(0, id);
    }

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
            else
            {
                _t1.RemoveAt(_t1.Count - 1);
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
        bool fromT1 = (t1 > 0 && (t1 > _p || (t1 == _p && _ghostHit == 2))) || _t2.Count == 0;
        (List<int> from, List<int> to) = fromT1 ? (_t1, _b1) : (_t2, _b2);
        to.Insert(0, from[^1]);
        from.RemoveAt(from.Count - 1);
    }
}
