using System.Collections.Generic;

namespace GpuMm.LabTests.League;

/// <summary>FIFO, LRU, CLOCK and SIEVE, told apart by name.</summary>
internal sealed class NaiveQueue(string name, long capacity) : NaivePolicy(capacity)
{
    private readonly List<int> _queue = [];
    private readonly HashSet<int> _used = [];
    private int? _hand;

    public override IEnumerable<int> Resident => _queue;

    protected override void Hit(int id, long next)
    {
        if (name == "lru")
        {
            _queue.Remove(id);
            _queue.Insert(0, id);
        }
        else if (name != "fifo")
        {
            _used.Add(id);
        }
    }

    protected override void Evict(uint incoming)
    {
        if (name == "sieve")
        {
            int at = _hand is { } hand ? _queue.IndexOf(hand) : _queue.Count - 1;
            while (_used.Remove(_queue[at]))
            {
                at = at == 0 ? _queue.Count - 1 : at - 1;
            }

            _hand = at == 0 ? null : _queue[at - 1];
            _queue.RemoveAt(at);
            return;
        }

        while (name == "clock" && _used.Remove(_queue[^1]))
        {
            int again = _queue[^1];
            _queue.RemoveAt(_queue.Count - 1);
            _queue.Insert(0, again);
        }

        _used.Remove(_queue[^1]);
        _queue.RemoveAt(_queue.Count - 1);
    }

    protected override void Insert(int id, uint size, long next)
    {
        Sizes[id] = size;
        _queue.Insert(0, id);
    }
}
