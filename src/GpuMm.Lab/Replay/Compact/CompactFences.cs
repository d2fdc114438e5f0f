using System;
using GpuMm.Eviction;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>
/// The fences of objects, and the rules by which an object keeps them, which are those of the core's fence slots, to the order
/// of the slots. A few objects have moves that are not done: they have a row here, the others only a note.
/// </summary>
/// <remarks>
/// <see cref="CompactObject.Fences"/>: 0 for none ever; odd for a row, whose number stands above; else a note of fences that
/// are all done but for the reader's: <c>slots 3 * 6 : 18 | room 4 : 4 | count 3 : 3 | 0 : 1</c>. Of what is done no number
/// counts, but where it stands does: a new fence may take its place. Of readers there is at most one, the last job's: its
/// number is <see cref="CompactObject.Reader"/>, and its word in a row or note has none. So a use changes the object alone.
/// </remarks>
/// <param name="objects">The objects.</param>
/// <param name="timelines">Tells what is done.</param>
internal sealed class CompactFences(CompactObjects objects, CompactTimelines timelines)
{
    private const int LeastRows = 256;
    private const int CountShift = 1;
    private const int RoomShift = 4;
    private const int SlotsShift = 8;
    private const int BitsOfSlot = CompactTimelines.SeqnoShift;
    private const uint MaxRoom = 15;
    private const int OwnersAhead = 8; // Rows from which their owners are fetched, which are told that they lose them

    private PolicyNodes<CompactFenceRow> _rows;
    private int _next; // Where to look for a row next

    /// <summary>Adds the fence of a job that reads an object, unless it is done.</summary>
    /// <param name="to">The object.</param>
    /// <param name="word">The fence; of a reader, and later than all before.</param>
    public void AddReader(ref CompactObject to, uint word)
    {
        if (timelines.IsSignaled(word))
        {
            return;
        }

        if (!to.Is(CompactFlags.HasReader))
        {
            uint place = CompactTimelines.PlaceOf(word);
            if ((to.Fences & 1) != 0)
            {
                Add(ref _rows[(int)(to.Fences >> 1)], ref to, place);
            }
            else
            {
                to.Fences = AddToNote(to.Fences, place);
            }

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
            ref CompactFenceRow row = ref (to.Fences & 1) != 0 ? ref _rows[(int)(to.Fences >> 1)] : ref TakeRow(number, ref to);
            Add(ref row, ref to, word);
        }
    }

    /// <summary>Makes room for one more fence.</summary>
    /// <param name="of">The object.</param>
    public void Reserve(ref CompactObject of)
    {
        uint note = of.Fences;
        if ((note & 1) == 0)
        {
            if (RoomOf(note) == CountOf(note))
            {
                of.Fences = Forget(ref of);
            }

            return;
        }

        ref CompactFenceRow row = ref _rows[(int)(note >> 1)];
        if (row.Room > row.Count)
        {
            return;
        }

        for (int i = row.Count - 1; i >= 0; i--)
        {
            if (timelines.IsSignaled(WordAt(in row, i, in of)))
            {
                Put(ref row, i, ref of, row.Words[--row.Count]);
            }
        }

        row.Room = (byte)Grown(row.Room, row.Count + 1);
    }

    /// <summary>What an object's next move waits for.</summary>
    /// <param name="of">The object.</param>
    /// <param name="waits">Receives it, the latest of each timeline.</param>
    /// <param name="single">The only fence; 0 when there are none or several.</param>
    /// <returns>How many fences of it are not done.</returns>
    public int Pending(in CompactObject of, out CompactWaits waits, out uint single)
    {
        waits = default;
        single = 0;
        if ((of.Fences & 1) == 0)
        {
            if (!HasPendingReader(in of))
            {
                return 0;
            }

            waits.Note(ReaderOf(in of));
            single = CompactTimelines.ForMove(ReaderOf(in of));
            return 1;
        }

        int count = 0;
        ref CompactFenceRow row = ref _rows[(int)(of.Fences >> 1)];
        for (int i = 0; i < row.Count; i++)
        {
            uint slot = WordAt(in row, i, in of);
            if (!timelines.IsSignaled(slot))
            {
                single = CompactTimelines.ForMove(slot);
                count++;
                waits.Note(slot);
            }
        }

        single = count == 1 ? single : 0;
        return count;
    }

    /// <summary>Adds the moves of an object that are not done to what a job waits for.</summary>
    /// <param name="of">The object.</param>
    /// <param name="waits">The latest of each timeline.</param>
    public void CollectMoves(in CompactObject of, ref CompactWaits waits)
    {
        if ((of.Fences & 1) == 0)
        {
            return;
        }

        ref CompactFenceRow row = ref _rows[(int)(of.Fences >> 1)];
        for (int i = 0; i < row.Count; i++)
        {
            uint slot = row.Words[i];
            if (!CompactTimelines.IsReader(slot) && !timelines.IsSignaled(slot))
            {
                waits.Note(slot);
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

    // In a note all are done and none is a reader's: the last of them gives way, as in the core.
    private static uint AddToNote(uint note, uint place)
    {
        int count = CountOf(note);
        if (count == 0)
        {
            return (place << SlotsShift) | ((uint)Grown(RoomOf(note), 1) << RoomShift) | (1u << CountShift);
        }

        int shift = SlotsShift + ((count - 1) * BitsOfSlot);
        return (note & ~(((1u << BitsOfSlot) - 1) << shift)) | (place << shift);
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
    }

    private static int CountOf(uint note) => (int)(note >> CountShift) & 7;

    private static int RoomOf(uint note) => (int)((note >> RoomShift) & MaxRoom);

    private bool HasPendingReader(in CompactObject of) => of.Is(CompactFlags.HasReader) && !timelines.IsSignaled(ReaderOf(in of));

    // A note whose room is full, without what is done: at most the reader's fence is left.
    private uint Forget(ref CompactObject of)
    {
        int room = RoomOf(of.Fences);
        if (HasPendingReader(in of))
        {
            return (CompactTimelines.PlaceOf(ReaderOf(in of)) << SlotsShift) | ((uint)Grown(room, 2) << RoomShift) | (1u << CountShift);
        }

        of.Flags &= ~CompactFlags.HasReader;
        return (uint)Grown(room, 1) << RoomShift;
    }

    private void Add(ref CompactFenceRow row, ref CompactObject to, uint word)
    {
        int free = -1;
        for (int i = 0; i < row.Count; i++)
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
            if (row.Count == row.Room)
            {
                row.Room = (byte)Grown(row.Room, row.Count + 1);
            }

            free = row.Count++;
            if (free == CompactFenceWords.Length)
            {
                throw new CompactLimitException("an object has more fences than fit");
            }

            row.Words[free] = 0;
        }

        Put(ref row, free, ref to, word);
    }

    // Rows go round: whoever took one long ago is done with it, as a rule, and keeps a note.
    private ref CompactFenceRow TakeRow(int number, ref CompactObject to)
    {
        int mask = _rows.Count - 1;
        for (int tried = 0; tried < _rows.Count / 2; tried++)
        {
            int at = _next++ & mask;
            ref CompactFenceRow row = ref _rows[at];
            objects.Prefetch(_rows[(at + OwnersAhead) & mask].Number);
            if (IsDone(row))
            {
                Leave(in row);
                return ref Enter(at, number, ref to);
            }
        }

        int first = _rows.Count;
        _rows.Reserve(Math.Max(LeastRows, 2 * first));
        _next = first + 1;
        return ref Enter(first, number, ref to);
    }

    // But for the reader's, which a note may have.
    private bool IsDone(in CompactFenceRow row)
    {
        for (int i = 0; i < row.Count; i++)
        {
            if (!CompactTimelines.IsReader(row.Words[i]) && !timelines.IsSignaled(row.Words[i]))
            {
                return false;
            }
        }

        return true;
    }

    private void Leave(in CompactFenceRow row)
    {
        if (!row.IsTaken)
        {
            return;
        }

        uint slots = 0;
        for (int i = 0; i < row.Count; i++)
        {
            slots |= CompactTimelines.PlaceOf(row.Words[i]) << (i * BitsOfSlot);
        }

        objects[row.Number].Fences = (slots << SlotsShift) | ((uint)row.Room << RoomShift) | ((uint)row.Count << CountShift);
    }

    private ref CompactFenceRow Enter(int at, int number, ref CompactObject to)
    {
        ref CompactFenceRow row = ref _rows[at];
        uint note = to.Fences;
        row.Number = number;
        row.IsTaken = true;
        row.Count = (byte)CountOf(note);
        row.Room = (byte)RoomOf(note);
        note >>= SlotsShift;
        for (int i = 0; i < row.Count; i++, note >>= BitsOfSlot)
        {
            row.Words[i] = note & ((1u << BitsOfSlot) - 1); // With the number 0, which is done.
        }

        to.Fences = ((uint)at << 1) | 1;
        return ref row;
    }
}
