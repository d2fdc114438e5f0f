using System.Runtime.CompilerServices;
using GpuMm.Eviction;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>
/// The objects of a replay by number, and the numbers by name: open addressing with linear steps, at most three quarters full,
/// 4 bytes per entry, as names stand with the objects.
/// </summary>
/// <remarks>
/// An entry: the upper bits of it are the bits of the hash behind those that choose its place, the others the number + 1, and 0
/// is nobody. So one line of memory leads to the object, which has to be looked at only to be sure.
/// Nobody leaves. Not safe for concurrent use.
/// </remarks>
internal sealed class CompactObjects
{
    private const int LeastBits = 8;
    private const int MostBits = 30;
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15; // 2^64 / golden ratio

    private PolicyNodes<uint> _entries;
    private PolicyNodes<CompactObject> _objects;
    private int _bits;

    public CompactObjects()
    {
        Make(LeastBits);
    }

    /// <summary>How many there are: every number is below it.</summary>
    public int Count { get; private set; }

    /// <summary>Objects that there is room for.</summary>
    public int Capacity => _objects.Count;

    /// <summary>An object; stale when another is added.</summary>
    /// <param name="number">Its number.</param>
    public ref CompactObject this[int number] => ref _objects[number];

    /// <summary>Fetches an object.</summary>
    /// <param name="number">Its number.</param>
    public void Prefetch(int number) => _objects.Prefetch(number);

    /// <summary>Fetches what <see cref="Guess"/> will look at.</summary>
    /// <param name="id">A name.</param>
    public void Prefetch(ulong id) => _entries.Prefetch(Home(Hash(id)));

    /// <summary>The number that an object has, if it has one; -1 when it has none for sure. Looks at no object.</summary>
    /// <param name="id">Its name.</param>
    public int Guess(ulong id)
    {
        uint hash = Hash(id);
        uint tag = hash << _bits;
        for (int at = Home(hash); ; at = Next(at))
        {
            uint entry = _entries[at];
            if (entry == 0 || (entry ^ tag) >> _bits == 0)
            {
                return NumberOf(entry);
            }
        }
    }

    /// <summary>The number of an object; -1 when it has none.</summary>
    /// <param name="id">Its name.</param>
    public int Find(ulong id) => NumberOf(_entries[Place(id)]);

    /// <summary>Numbers an object that has no number.</summary>
    /// <param name="id">Its name; the rest of the object is empty.</param>
    /// <returns>The number.</returns>
    /// <exception cref="CompactLimitException">There are more than can be told apart.</exception>
    public int Add(ulong id)
    {
        if (4L * (Count + 1) > 3L * _entries.Count)
        {
            Grow();
        }

        int number = Count++;
        _objects.Reserve(Count);
        _objects[number] = new CompactObject { Id = id };
        Enter(number);
        return number;
    }

    private static uint Hash(ulong id) => (uint)(unchecked(id * Spread) >> 32);

    private int Home(uint hash) => (int)(hash >> (32 - _bits));

    private int Next(int at) => (at + 1) & (_entries.Count - 1);

    private int NumberOf(uint entry) => (int)(entry & ((1u << _bits) - 1)) - 1;

    // Where an object is, or would be.
    private int Place(ulong id)
    {
        uint hash = Hash(id);
        uint tag = hash << _bits;
        int at = Home(hash);
        while (_entries[at] is > 0 and uint entry && ((entry ^ tag) >> _bits != 0 || _objects[NumberOf(entry)].Id != id))
        {
            at = Next(at);
        }

        return at;
    }

    private void Enter(int number)
    {
        uint hash = Hash(_objects[number].Id);
        int at = Home(hash);
        while (_entries[at] != 0)
        {
            at = Next(at);
        }

        _entries[at] = (hash << _bits) | ((uint)number + 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        if (_bits == MostBits)
        {
            throw new CompactLimitException("more objects than can be told apart");
        }

        Make(_bits + 1);
        for (int number = 0; number < Count; number++)
        {
            Enter(number);
        }
    }

    private void Make(int bits)
    {
        _bits = bits;
        _entries = default;
        _entries.Reserve(1 << bits);
    }
}
