using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using GpuMm.Backing;
using GpuMm.Eviction;

namespace GpuMm.Lab.League;

/// <summary>
/// Gives the objects of a trace dense numbers in the order of their first request: open addressing, at most three quarters
/// full, 16 bytes per entry, in large pages.
/// </summary>
/// <remarks>
/// A batch is looked up in two steps that overlap the waits for memory: while one request is looked up, the line of the one
/// some places ahead is on its way. Not safe for concurrent use.
/// </remarks>
internal sealed class ObjectTable
{
    private const int LookAhead = 16;
    private const ulong Spread = 0x9E37_79B9_7F4A_7C15; // 2^64 / golden ratio

    private PolicyNodes<ObjectEntry> _entries;
    private int _shift;
    private int _limit;

    public ObjectTable(int bits = 12)
    {
        Make(bits);
    }

    /// <summary>Objects seen.</summary>
    public int Count { get; private set; }

    /// <summary>Sizes of the objects seen, each as it was first requested, bytes.</summary>
    public ulong TotalBytes { get; private set; }

    /// <summary>Bytes that the table takes.</summary>
    public long MetadataBytes => (long)_entries.Count * Unsafe.SizeOf<ObjectEntry>();

    /// <summary>Finds or numbers the objects of a batch.</summary>
    /// <param name="records">The batch.</param>
    /// <param name="requests">Receives slot and size; slot -1 for a request of size 0.</param>
    /// <param name="countsObjects">Every object counts as 1.</param>
    public void Map(ReadOnlySpan<OracleRecord> records, Span<ReplayRequest> requests, bool countsObjects)
    {
        ulong bytesBefore = TotalBytes;
        int countBefore = Count;
        for (int i = 0; i < records.Length; i++)
        {
            if (i + LookAhead < records.Length)
            {
                MemoryHint.Prefetch(ref _entries[Home(records[i + LookAhead].Id)]);
            }

            ulong id = records[i].Id;
            uint size = records[i].ObjectBytes;
            if (size == 0)
            {
                requests[i].Slot = -1;
                continue;
            }

            ref ObjectEntry entry = ref _entries[Home(id)];
            requests[i].Slot = entry.Id == id && entry.Slot > 0 ? entry.Slot - 1 : FindOrAdd(id, size);
            requests[i].Size = countsObjects ? 1 : size;
        }

        if (countsObjects)
        {
            TotalBytes = bytesBefore + (ulong)(Count - countBefore);
        }
    }

    /// <summary>The slot of an object; -1 when it was not seen.</summary>
    /// <param name="id">The object.</param>
    public int Find(ulong id)
    {
        int mask = _entries.Count - 1;
        for (int at = Home(id); ; at = (at + 1) & mask)
        {
            ref ObjectEntry entry = ref _entries[at];
            if (entry.Slot == 0 || entry.Id == id)
            {
                return entry.Slot - 1;
            }
        }
    }

    private int Home(ulong id) => (int)(unchecked(id * Spread) >> _shift);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FindOrAdd(ulong id, uint size)
    {
        int mask = _entries.Count - 1;
        int at = Home(id);
        while (true)
        {
            ref ObjectEntry entry = ref _entries[at];
            if (entry.Slot == 0)
            {
                break;
            }

            if (entry.Id == id)
            {
                return entry.Slot - 1;
            }

            at = (at + 1) & mask;
        }

        if (Count == _limit)
        {
            Grow();
            return FindOrAdd(id, size);
        }

        _entries[at] = new ObjectEntry { Id = id, Slot = ++Count, FirstBytes = size };
        TotalBytes += size;
        return Count - 1;
    }

    private void Grow()
    {
        PolicyNodes<ObjectEntry> old = _entries;
        int bits = BitOperations.Log2((uint)old.Count) + 1;
        if (bits > 30)
        {
            throw new LeagueException($"The trace has more than {Count} objects, the most that can be told apart.");
        }

        Make(bits);
        int mask = _entries.Count - 1;
        for (int i = 0; i < old.Count; i++)
        {
            if (old[i].Slot != 0)
            {
                int at = Home(old[i].Id);
                while (_entries[at].Slot != 0)
                {
                    at = (at + 1) & mask;
                }

                _entries[at] = old[i];
            }
        }
    }

    private void Make(int bits)
    {
        _entries = default;
        _entries.Reserve(1 << bits);
        _shift = 64 - bits;
        _limit = (1 << bits) / 4 * 3;
    }
}
