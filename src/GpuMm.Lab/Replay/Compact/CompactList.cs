using System;
using System.Runtime.CompilerServices;
using GpuMm.Eviction;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>The device's own list, least recently used, kept as a log of uses: 4 bytes for each object, and 8 for each use in it.</summary>
/// <remarks>
/// A use appends the object to the log under a new number, and writes the number down beside the object. So of an object's
/// entries only that with its present number counts; the others are passed over when they come to the front. A list of links
/// would change two neighbours with each use, which lie anywhere in memory: here nobody is looked at but the object. The log is
/// closed up when it is full, and grows when a quarter of it are members: O(1) for each use.
/// </remarks>
internal struct CompactList : ICompactRanking
{
    private const int LeastEntries = 64;
    private const int FetchAhead = 48; // Entries that nobody has looked at yet

    private PolicyNodes<uint> _numbers; // By object; 0 for who is not in the list.
    private Entry[] _log;
    private int _head;
    private int _tail;
    private uint _last;

    /// <inheritdoc/>
    public static bool IsList => true;

    /// <inheritdoc/>
    public readonly int FirstPlace => _head;

    /// <inheritdoc/>
    public readonly int Next(ref int place)
    {
        for (place = Math.Max(place, _head); place < _tail;)
        {
            if (place + FetchAhead < _tail)
            {
                _numbers.Prefetch(_log[place + FetchAhead].Slot);
            }

            ref Entry entry = ref _log[place++];
            if (_numbers[entry.Slot] == entry.Number)
            {
                return entry.Slot;
            }
        }

        return -1;
    }

    /// <inheritdoc/>
    public void Start(long capacity, bool mayRefuse) => _log = new Entry[LeastEntries];

    /// <inheritdoc/>
    public void Reserve(int slotCount) => _numbers.Reserve(slotCount);

    /// <inheritdoc/>
    public readonly void Prefetch(int slot) => _numbers.Prefetch(slot);

    /// <inheritdoc/>
    public readonly void PrefetchNeighbours(int slot)
    {
    }

    /// <inheritdoc/>
    public readonly bool IsResident(int slot) => _numbers[slot] != 0;

    /// <inheritdoc/>
    public readonly uint SizeOf(int slot) => 0;

    /// <inheritdoc/>
    public void Hit(int slot) => Insert(slot, 0);

    /// <inheritdoc/>
    public readonly bool Miss(int slot, uint size) => true;

    /// <inheritdoc/>
    public int SelectVictim(int incoming, uint size)
    {
        while (_head < _tail)
        {
            Entry entry = _log[_head++];
            ref uint number = ref _numbers[entry.Slot];
            if (number == entry.Number)
            {
                number = 0;
                return entry.Slot;
            }
        }

        return -1;
    }

    /// <inheritdoc/>
    public readonly void Evict(int slot)
    {
    }

    /// <inheritdoc/>
    public void Restore(int slot)
    {
        if (_head == 0)
        {
            OpenFront();
        }

        uint number = NextNumber();
        _numbers[slot] = number;
        _log[--_head] = new Entry(slot, number);
    }

    /// <inheritdoc/>
    public bool Insert(int slot, uint size)
    {
        if (_tail == _log.Length)
        {
            CloseUp();
        }

        uint number = NextNumber();
        _numbers[slot] = number;
        _log[_tail++] = new Entry(slot, number);
        return true;
    }

    /// <inheritdoc/>
    public void Remove(int slot) => _numbers[slot] = 0;

    private uint NextNumber() => ++_last != 0 ? _last : throw new CompactLimitException("there are more uses than can be numbered");

    // At least half of it is free afterwards, so that as many uses follow before the next time.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CloseUp()
    {
        Entry[] log = _log;
        int members = 0;
        for (int i = _head; i < _tail; i++)
        {
            if (i + FetchAhead < _tail)
            {
                _numbers.Prefetch(log[i + FetchAhead].Slot);
            }

            if (_numbers[log[i].Slot] == log[i].Number)
            {
                log[members++] = log[i];
            }
        }

        if (members > log.Length / 4)
        {
            Array.Resize(ref _log, 2 * log.Length);
        }

        _head = 0;
        _tail = members;
    }

    // Room before the first for as many again.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OpenFront()
    {
        int room = Math.Max(LeastEntries, _tail);
        Entry[] log = new Entry[_log.Length + room];
        _log.AsSpan(0, _tail).CopyTo(log.AsSpan(room));
        _log = log;
        _head = room;
        _tail += room;
    }

    private readonly record struct Entry(int Slot, uint Number);
}
