using System;
using System.Runtime.CompilerServices;
using GpuMm.Eviction;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>The device's own list, least recently used, kept as a log of uses: 4 bytes for each object, and up to 12 more for a member.</summary>
/// <remarks>
/// A use appends the object to the log, and writes its place there down beside the object. So of an object's entries only the
/// last counts; the others are passed over when they come to the front. A list of links would change two neighbours with each
/// use, which lie anywhere in memory: here nobody is looked at but the object. The log is closed up when it is full, and grows to
/// three times its members when more than half of it are: O(1) for each use.
/// </remarks>
internal struct CompactList : ICompactRanking
{
    private const int LeastEntries = 64;
    private const int FetchAhead = 48; // Entries that nobody has looked at yet

    private PolicyNodes<int> _places; // By object: one more than its place in the log; 0 for who is not in the list.
    private int[] _log;
    private int _head;
    private int _tail;

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
                _places.Prefetch(_log[place + FetchAhead]);
            }

            int slot = _log[place++];
            if (_places[slot] == place)
            {
                return slot;
            }
        }

        return -1;
    }

    /// <inheritdoc/>
    public void Start(long capacity, bool mayRefuse) => _log = new int[LeastEntries];

    /// <inheritdoc/>
    public void Reserve(int slotCount) => _places.Reserve(slotCount);

    /// <inheritdoc/>
    public readonly void Prefetch(int slot) => _places.Prefetch(slot);

    /// <inheritdoc/>
    public readonly void PrefetchNeighbours(int slot)
    {
    }

    /// <inheritdoc/>
    public readonly bool IsResident(int slot) => _places[slot] != 0;

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
            int slot = _log[_head++];
            ref int place = ref _places[slot];
            if (place == _head)
            {
                place = 0;
                return slot;
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

        _places[slot] = _head--;
        _log[_head] = slot;
    }

    /// <inheritdoc/>
    public bool Insert(int slot, uint size)
    {
        if (_tail == _log.Length)
        {
            CloseUp();
        }

        _log[_tail++] = slot;
        _places[slot] = _tail;
        return true;
    }

    /// <inheritdoc/>
    public void Remove(int slot) => _places[slot] = 0;

    // At least half of it is free afterwards, so that as many uses follow before the next time.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CloseUp()
    {
        int[] log = _log;
        int members = 0;
        for (int i = _head; i < _tail; i++)
        {
            if (i + FetchAhead < _tail)
            {
                _places.Prefetch(log[i + FetchAhead]);
            }

            ref int place = ref _places[log[i]];
            if (place == i + 1)
            {
                log[members++] = log[i];
                place = members;
            }
        }

        if (members > log.Length / 2)
        {
            Array.Resize(ref _log, (int)Math.Min(3L * members, Array.MaxLength));
        }

        _head = 0;
        _tail = members;
    }

    // Room before the first for as many again.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OpenFront()
    {
        int room = Math.Max(LeastEntries, _tail);
        int[] log = new int[_log.Length + room];
        for (int i = _tail - 1; i >= 0; i--)
        {
            int slot = _log[i];
            log[room + i] = slot;
            ref int place = ref _places[slot];
            place += place == i + 1 ? room : 0;
        }

        _log = log;
        _head = room;
        _tail += room;
    }
}
