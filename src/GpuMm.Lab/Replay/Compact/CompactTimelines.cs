using System;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>
/// Fences as words of 32 bits: number, timeline, and whether it is a reader's; 0 is done. And the rules by which an object
/// keeps them, which are those of the core's fence slots, to the order of the slots.
/// </summary>
/// <remarks>A word: seqno : 29 | timeline : 2 | reader : 1.</remarks>
/// <param name="machine">Tells what is done.</param>
internal sealed class CompactTimelines(CompactMachine machine)
{
    private const int TimelineShift = 1;
    private const int SeqnoShift = 3;
    private const uint Reader = 1;

    /// <summary>The word of a fence of the device's own work.</summary>
    /// <param name="timeline">Its timeline.</param>
    /// <param name="seqno">The number of the job.</param>
    public static uint WordOf(int timeline, uint seqno) => (seqno << SeqnoShift) | ((uint)timeline << TimelineShift);

    /// <summary>The same fence, of a reader.</summary>
    /// <param name="word">The fence.</param>
    public static uint ForReader(uint word) => word | Reader;

    /// <summary>Its timeline.</summary>
    /// <param name="word">The fence.</param>
    public static int TimelineOf(uint word) => (int)((word >> TimelineShift) & (CompactMachine.TimelineCount - 1));

    /// <summary>The number of its job.</summary>
    /// <param name="word">The fence.</param>
    public static uint SeqnoOf(uint word) => word >> SeqnoShift;

    /// <summary>Whether it is done.</summary>
    /// <param name="word">The fence.</param>
    public bool IsSignaled(uint word) => machine.Signaled[TimelineOf(word)] >= word >> SeqnoShift;

    /// <summary>Adds a fence to an object, unless it is done.</summary>
    /// <param name="to">The object.</param>
    /// <param name="word">The fence.</param>
    public void Add(ref CompactObject to, uint word)
    {
        if (IsSignaled(word))
        {
            return;
        }

        int free = -1;
        for (int i = 0; i < to.FenceCount; i++)
        {
            uint slot = to.Fences[i];
            if (TimelineOf(slot) == TimelineOf(word) && (slot & Reader) >= (word & Reader))
            {
                uint later = Math.Max(slot >> SeqnoShift, word >> SeqnoShift);
                to.Fences[i] = (later << SeqnoShift) | (word & ((1u << SeqnoShift) - 1));
                return;
            }

            free = IsSignaled(slot) ? i : free;
        }

        if (free < 0)
        {
            if (to.FenceCount == to.FenceRoom)
            {
                Grow(ref to, to.FenceCount + 1);
            }

            free = to.FenceCount++;
            if (free == CompactFenceWords.Length)
            {
                throw new CompactLimitException("an object has more fences than fit");
            }
        }

        to.Fences[free] = word;
    }

    /// <summary>Makes room for one more fence.</summary>
    /// <param name="of">The object.</param>
    public void Reserve(ref CompactObject of)
    {
        if (of.FenceRoom > of.FenceCount)
        {
            return;
        }

        for (int i = of.FenceCount - 1; i >= 0; i--)
        {
            if (IsSignaled(of.Fences[i]))
            {
                of.Fences[i] = of.Fences[--of.FenceCount];
            }
        }

        Grow(ref of, of.FenceCount + 1);
    }

    /// <summary>What an object's next move waits for.</summary>
    /// <param name="of">The object.</param>
    /// <param name="waits">Receives it, the latest of each timeline.</param>
    /// <param name="single">The only fence; 0 when there are none or several.</param>
    /// <returns>How many fences of it are not done.</returns>
    public int Pending(ref CompactObject of, out CompactWaits waits, out uint single)
    {
        int count = 0;
        waits = default;
        single = 0;
        for (int i = 0; i < of.FenceCount; i++)
        {
            uint slot = of.Fences[i];
            if (!IsSignaled(slot))
            {
                single = slot & ~Reader;
                count++;
                ref uint known = ref waits[TimelineOf(slot)];
                known = Math.Max(known, slot >> SeqnoShift);
            }
        }

        single = count == 1 ? single : 0;
        return count;
    }

    /// <summary>Adds the moves of an object that are not done to what a job waits for.</summary>
    /// <param name="of">The object.</param>
    /// <param name="waits">The latest of each timeline.</param>
    public void CollectMoves(ref CompactObject of, ref CompactWaits waits)
    {
        for (int i = 0; i < of.FenceCount; i++)
        {
            uint slot = of.Fences[i];
            if ((slot & Reader) == 0 && !IsSignaled(slot))
            {
                ref uint known = ref waits[TimelineOf(slot)];
                known = Math.Max(known, slot >> SeqnoShift);
            }
        }
    }

    private static void Grow(ref CompactObject of, int needed)
    {
        int room = of.FenceRoom;
        if (room < needed)
        {
            room = Math.Max(needed, room == 0 ? 1 : Math.Max(4, room * 2));
            of.FenceRoom = (byte)Math.Min(room, byte.MaxValue);
        }
    }
}
