using System;
using System.Collections.Generic;
using System.Linq;

namespace GpuMm.LabTests.League;

/// <summary>S3-FIFO: three lists.</summary>
internal sealed class NaiveS3Fifo(long capacity) : NaivePolicy(capacity)
{
    private readonly long _smallSize = (long)(capacity * 0.10);
    private readonly long _ghostSize = (long)(capacity * 0.90);
    private readonly List<int> _small = [];
    private readonly List<int> _main = [];
    private readonly List<int> _ghost = [];
    private readonly Dictionary<int, int> _count = [];
    private bool _isGhostHit;

    public override IEnumerable<int> Resident => _small.Concat(_main);

    protected override void Hit(int id, long next) => _count[id]++;

    protected override bool Lookup(int id, uint size)
    {
        _isGhostHit = _ghost.Remove(id);
        return size <= _smallSize;
    }

    protected override void Evict(uint incoming)
    {
        if (Sum(_main) > Capacity - _smallSize || _small.Count == 0)
        {
            EvictMain();
            return;
        }

        while (_small.Count > 0)
        {
            int id = Pop(_small);
            if (_count[id] < 2)
            {
                Remember(id);
                return;
            }

            _count[id] = 0;
            _main.Insert(0, id);
        }
    }

    protected override void Insert(int id, uint size, long next)
    {
        if (!_isGhostHit && size >= _smallSize)
        {
            return;
        }

        Sizes[id] = size;
        _count[id] = 0;
        (_isGhostHit ? _main : _small).Insert(0, id);
    }

    private void EvictMain()
    {
        while (_main.Count > 0)
        {
            int id = Pop(_main);
            if (_count[id] == 0)
            {
                return;
            }

            _count[id] = Math.Min(_count[id], 3) - 1;
            _main.Insert(0, id);
        }
    }

    private void Remember(int id)
    {
        if (Sizes[id] > _ghostSize)
        {
            return;
        }

        while (Sum(_ghost) + Sizes[id] > _ghostSize)
        {
            Pop(_ghost);
        }

        _ghost.Insert(0, id);
    }

    private static int Pop(List<int> list)
    {
        int id = list[^1];
        list.RemoveAt(list.Count - 1);
        return id;
    }
}
