using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using GpuMm.Eviction;
using GpuMm.Lab.League;

namespace GpuMm.Lab.Replay;

/// <summary>
/// Gives the objects of a trace that are alive dense numbers: open addressing with linear steps, at most half full, 16 bytes
/// per entry, in large pages. Numbers of objects that are gone are used again.
/// </summary>
/// <remarks>Not safe for concurrent use. Cost: one line of memory, as a rule; ask for it early with <see cref="Prefetch"/>.</remarks>
internal sealed class ReplayIds
{
    private const int LeastBits = 8;
    private const int MostBits = 30;
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15; // 2^64 / golden ratio

    private PolicyNodes<ObjectEntry> _entries; // Slot 0: the entry is free; else the number + 1
    private int[] _free = [];
    private int _freeCount;
    private int _shift;
    private int _mask;

    public ReplayIds()
    {
        Make(LeastBits);
    }

    /// <summary>Objects that have a number.</summary>
    public int Count { get; private set; }

    /// <summary>Every number given so far is below it.</summary>
    public int Limit { get; private set; }

    /// <summary>Fetches what <see cref="Find"/> will look at.</summary>
    /// <param name="id">The object.</param>
    public void Prefetch(ulong id) => _entries.Prefetch(Home(id));

    /// <summary>The number of an object; -1 when it has none.</summary>
    /// <param name="id">The object.</param>
    public int Find(ulong id) => _entries[Place(id)].Slot - 1;

    /// <summary>Numbers an object that has no number.</summary>
    /// <param name="id">The object.</param>
    /// <returns>The number.</returns>
    /// <exception cref="LeagueException">More objects are alive at once than can be told apart.</exception>
    public int Add(ulong id)
    {
        if (2 * (Count + 1) > _entries.Count)
        {
            Grow();
        }

        int number = _freeCount > 0 ? _free[--_freeCount] : Limit++;
        _entries[Place(id)] = new ObjectEntry { Id = id, Slot = number + 1 };
        Count++;
        return number;
    }

    /// <summary>Takes an object's number back.</summary>
    /// <param name="id">The object; it has one.</param>
    public void Remove(ulong id)
    {
        int hole = Place(id);
        if (_freeCount == _free.Length)
        {
            Array.Resize(ref _free, Math.Max(16, 2 * _freeCount));
        }

        _free[_freeCount++] = _entries[hole].Slot - 1;
        Count--;

        // Whoever stands behind only because the place was taken moves up, so that no walk ends too early.
        for (int at = (hole + 1) & _mask; _entries[at].Slot != 0; at = (at + 1) & _mask)
        {
            if (((at - Home(_entries[at].Id)) & _mask) >= ((at - hole) & _mask))
            {
                _entries[hole] = _entries[at];
                hole = at;
            }
        }

        _entries[hole] = default;
    }

    // Where an object is, or would be.
    private int Place(ulong id)
    {
        int at = Home(id);
        while (_entries[at].Slot != 0 && _entries[at].Id != id)
        {
            at = (at + 1) & _mask;
        }

        return at;
    }

    private int Home(ulong id) => (int)(unchecked(id * Spread) >> _shift);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        PolicyNodes<ObjectEntry> old = _entries;
        int bits = BitOperations.Log2((uint)old.Count) + 1;
        if (bits > MostBits)
        {
            throw new LeagueException($"The trace has more than {Count} objects at once, the most that can be told apart.");
        }

        Make(bits);
        for (int i = 0; i < old.Count; i++)
        {
            if (old[i].Slot != 0)
            {
                _entries[Place(old[i].Id)] = old[i];
            }
        }
    }

    private void Make(int bits)
    {
        _entries = default;
        _entries.Reserve(1 << bits);
        _shift = 64 - bits;
        _mask = (1 << bits) - 1;
    }
}
