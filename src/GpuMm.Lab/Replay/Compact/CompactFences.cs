using System;
using GpuMm.Eviction;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>
/// The fences of objects, and the rules by which an object keeps them, which are those of the core's fence slots, to the order
/// of the slots. Each object has a note of what its slots hold; a few have moves that are not done, and a row here.
/// </summary>
/// <remarks>
/// A note (<see cref="CompactObject.Fences"/>): <c>slots 3 * 6 : 18 | room 4 : 4 | count 3 : 3 | 0 : 1</c>, for each slot the
/// timeline and whether it is a reader's. Of what is done no number counts, but where it stands does: a new fence may take its
/// place. Of readers there is at most one, the last job's: its number is <see cref="CompactObject.Reader"/>, and its word in a
/// row has none. So a use changes the object alone. Numbers of moves stand in the row, while it is the object's.
/// </remarks>
/// <param name="timelines">Tells what is done.</param>
internal sealed class CompactFences(CompactTimelines timelines)
{
    private const int LeastRows = 16;
    private const int MostRows = ushort.MaxValue + 1;
    private const int CountShift = 1;
    private const int RoomShift = 4;
    private const int SlotsShift = 8;
    private const int BitsOfSlot = CompactTimelines.SeqnoShift;
    private const uint PlaceMask = (1u << BitsOfSlot) - 1;
    private const uint MaxRoom = 15;

    private PolicyNodes<CompactFenceRow> _rows;
    private int _next; // Where to look for a row next

    /// <summary>Adds the fence of a job that reads an object, unless it is done.</summary>
    /// <param name="number">The object's number.</param>
    /// <param name="to">The object.</param>
    /// <param name="word">The fence; of a reader, and later than all before.</param>
    public void AddReader(int number, ref CompactObject to, uint word)
    {
        if (timelines.IsSignaled(word))
        {
            return;
        }

        if (!to.Is(CompactFlags.HasReader))
        {
            AddSlot(number, ref to, CompactTimelines.PlaceOf(word));
            to.Flags |= CompactFlags.HasReader;
        }

        to.Reader = CompactTimelines.SeqnoOf(word);
    }

    /// <summary>Adds the fence of a move to an object, unless it is done.</summary>
    /// <param name="number">The object's number.</param>
    /// <param name="to">The object.</param>
    /// <param name="word">The fence.</param>
    public void AddMove(int number, ref CompactObject to, uint word)
    {
        if (!timelines.IsSignaled(word))
        {
            ref CompactFenceRow row = ref HasRow(number, ref to) ? ref _rows[to.Row] : ref TakeRow(number, ref to);
            Add(ref row, ref to, word);
        }
    }

    /// <summary>Makes room for one more fence.</summary>
    /// <param name="number">The object's number.</param>
    /// <param name="of">The object.</param>
    public void Reserve(int number, ref CompactObject of)
    {
        int room = RoomOf(of.Fences);
        int count = CountOf(of.Fences);
        if (room > count)
        {
            return;
        }

        if (HasRow(number, ref of))
        {
            ref CompactFenceRow row = ref _rows[of.Row];
            for (int i = count - 1; i >= 0; i--)
            {
                if (timelines.IsSignaled(WordAt(in row, i, in of)))
                {
                    Put(ref row, i, ref of, row.Words[--count]);
                    row.Words[count] = 0;
                }
            }
        }
        else if (HasPendingReader(in of))
        {
            of.Fences = WithPlace(of.Fences, 0, CompactTimelines.PlaceOf(ReaderOf(in of)));
            count = 1;
        }
        else
        {
            of.Flags &= ~CompactFlags.HasReader;
            count = 0;
        }

        of.Fences = WithRoom(of.Fences, count, Grown(room, count + 1));
    }

    /// <summary>What an object's next move waits for.</summary>
    /// <param name="number">The object's number.</param>
    /// <param name="of">The object.</param>
    /// <param name="waits">Receives it, the latest of each timeline.</param>
    /// <param name="single">The only fence; 0 when there are none or several.</param>
    /// <returns>How many fences of it are not done.</returns>
    public int Pending(int number, ref CompactObject of, out CompactWaits waits, out uint single)
    {
        waits = default;
        single = 0;
        int pending = 0;
        if (HasPendingReader(in of))
        {
            waits.Note(ReaderOf(in of));
            single = CompactTimelines.ForMove(ReaderOf(in of));
            pending++;
        }

        if (!HasRow(number, ref of))
        {
            return pending;
        }

        ref CompactFenceRow row = ref _rows[of.Row];
        int count = CountOf(of.Fences);
        for (int i = 0; i < count; i++)
        {
            uint slot = row.Words[i];
            if (!timelines.IsSignaled(slot))
            {
                single = slot;
                pending++;
                waits.Note(slot);
            }
        }

        single = pending == 1 ? single : 0;
        return pending;
    }

    /// <summary>Adds the moves of an object that are not done to what a job waits for.</summary>
    /// <param name="number">The object's number.</param>
    /// <param name="of">The object.</param>
    /// <param name="waits">The latest of each timeline.</param>
    public void CollectMoves(int number, ref CompactObject of, ref CompactWaits waits)
    {
        if (!HasRow(number, ref of))
        {
            return;
        }

        ref CompactFenceRow row = ref _rows[of.Row];
        int count = CountOf(of.Fences);
        for (int i = 0; i < count; i++)
        {
            if (!timelines.IsSignaled(row.Words[i]))
            {
                waits.Note(row.Words[i]);
            }
        }
    }

    // As the core's table of slots grows.
    private static int Grown(int room, int needed)
    {
        if (room >= needed)
        {
            return room;
        }

        int grown = Math.Max(needed, room == 0 ? 1 : Math.Max(4, room * 2));
        return grown <= MaxRoom ? grown : throw new CompactLimitException("an object has more fences than fit");
    }

    private static int CountOf(uint note) => (int)(note >> CountShift) & 7;

    private static int RoomOf(uint note) => (int)((note >> RoomShift) & MaxRoom);

    private static uint PlaceAt(uint note, int i) => (note >> (SlotsShift + (i * BitsOfSlot))) & PlaceMask;

    private static uint WithPlace(uint note, int i, uint place)
    {
        int shift = SlotsShift + (i * BitsOfSlot);
        return (note & ~(PlaceMask << shift)) | (place << shift);
    }

    private static uint WithRoom(uint note, int count, int room) =>
        (note >> SlotsShift << SlotsShift) | ((uint)room << RoomShift) | ((uint)count << CountShift);

    private static uint WithSlot(uint note)
    {
        int count = CountOf(note);
        return count < CompactFenceWords.Length
            ? WithRoom(note, count + 1, Grown(RoomOf(note), count + 1))
            : throw new CompactLimitException("an object has more fences than fit");
    }

    private static uint ReaderOf(in CompactObject of) =>
        CompactTimelines.ForReader(CompactTimelines.WordOf(CompactMachine.Render, of.Reader));

    private static uint WordAt(in CompactFenceRow row, int i, in CompactObject of) =>
        CompactTimelines.IsReader(row.Words[i]) ? ReaderOf(in of) : row.Words[i];

    private static void Put(ref CompactFenceRow row, int i, ref CompactObject of, uint word)
    {
        if (CompactTimelines.IsReader(row.Words[i]))
        {
            of.Flags &= ~CompactFlags.HasReader;
        }

        row.Words[i] = word;
        of.Fences = WithPlace(of.Fences, i, CompactTimelines.PlaceOf(word));
    }

    // A row that another took was done with.
    private bool HasRow(int number, ref CompactObject of)
    {
        if (!of.Is(CompactFlags.HasRow))
        {
            return false;
        }

        if (_rows[of.Row].Number == number)
        {
            return true;
        }

        of.Flags &= ~CompactFlags.HasRow;
        return false;
    }

    private bool HasPendingReader(in CompactObject of) => of.Is(CompactFlags.HasReader) && !timelines.IsSignaled(ReaderOf(in of));

    // A slot for a reader, who has none. Without a row all are done: the last gives way, as in the core.
    private void AddSlot(int number, ref CompactObject to, uint place)
    {
        if (HasRow(number, ref to))
        {
            Add(ref _rows[to.Row], ref to, place);
            return;
        }

        to.Fences = CountOf(to.Fences) == 0 ? WithSlot(to.Fences) : to.Fences;
        to.Fences = WithPlace(to.Fences, CountOf(to.Fences) - 1, place);
    }

    private void Add(ref CompactFenceRow row, ref CompactObject to, uint word)
    {
        int count = CountOf(to.Fences);
        int free = -1;
        for (int i = 0; i < count; i++)
        {
            uint slot = WordAt(in row, i, in to);
            if (CompactTimelines.IsOver(slot, word))
            {
                Put(ref row, i, ref to, CompactTimelines.Later(slot, word));
                return;
            }

            free = timelines.IsSignaled(slot) ? i : free;
        }

        if (free < 0)
        {
            free = count;
            to.Fences = WithSlot(to.Fences);
        }

        Put(ref row, free, ref to, word);
    }

    // Rows go round: whoever took one long ago is done with it, as a rule.
    private ref CompactFenceRow TakeRow(int number, ref CompactObject to)
    {
        int mask = _rows.Count - 1;
        for (int tried = 0; tried < _rows.Count / 2; tried++)
        {
            int at = _next++ & mask;
            if (IsDone(in _rows[at]))
            {
                return ref Enter(at, number, ref to);
            }
        }

        int first = _rows.Count;
        if (first == MostRows)
        {
            throw new CompactLimitException("more objects move at once than fit");
        }

        _rows.Reserve(Math.Max(LeastRows, 2 * first));
        _next = first + 1;
        return ref Enter(first, number, ref to);
    }

    private bool IsDone(in CompactFenceRow row)
    {
        for (int i = 0; i < CompactFenceWords.Length; i++)
        {
            if (!timelines.IsSignaled(row.Words[i]))
            {
                return false;
            }
        }

        return true;
    }

    private ref CompactFenceRow Enter(int at, int number, ref CompactObject to)
    {
        ref CompactFenceRow row = ref _rows[at];
        row.Words = default;
        row.Number = number;
        for (int i = CountOf(to.Fences) - 1; i >= 0; i--)
        {
            row.Words[i] = PlaceAt(to.Fences, i); // With the number 0, which is done.
        }

        to.Row = (ushort)at;
        to.Flags |= CompactFlags.HasRow;
        return ref row;
    }
}
