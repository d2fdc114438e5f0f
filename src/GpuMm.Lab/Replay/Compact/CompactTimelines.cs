using System;

namespace GpuMm.Lab.Replay.Compact;

/// <summary>Fences as words of 32 bits: number, timeline, and whether it is a reader's; 0 is done.</summary>
/// <remarks>A word: seqno : 29 | timeline : 2 | reader : 1.</remarks>
/// <param name="machine">Tells what is done.</param>
internal sealed class CompactTimelines(CompactMachine machine)
{
    /// <summary>Bits of a word below its number.</summary>
    public const int SeqnoShift = 3;

    private const int TimelineShift = 1;
    private const uint Reader = 1;

    /// <summary>The word of a fence of the device's own work.</summary>
    /// <param name="timeline">Its timeline.</param>
    /// <param name="seqno">The number of the job.</param>
    public static uint WordOf(int timeline, uint seqno) => (seqno << SeqnoShift) | ((uint)timeline << TimelineShift);

    /// <summary>The same fence, of a reader.</summary>
    /// <param name="word">The fence.</param>
    public static uint ForReader(uint word) => word | Reader;

    /// <summary>The same fence, of a move.</summary>
    /// <param name="word">The fence.</param>
    public static uint ForMove(uint word) => word & ~Reader;

    /// <summary>Whether it is of a reader.</summary>
    /// <param name="word">The fence.</param>
    public static bool IsReader(uint word) => (word & Reader) != 0;

    /// <summary>Timeline and reader of a fence, without its number.</summary>
    /// <param name="word">The fence.</param>
    public static uint PlaceOf(uint word) => word & ((1u << SeqnoShift) - 1);

    /// <summary>Its timeline.</summary>
    /// <param name="word">The fence.</param>
    public static int TimelineOf(uint word) => (int)((word >> TimelineShift) & (CompactMachine.TimelineCount - 1));

    /// <summary>The number of its job.</summary>
    /// <param name="word">The fence.</param>
    public static uint SeqnoOf(uint word) => word >> SeqnoShift;

    /// <summary>Whether a fence takes the place of another of its timeline.</summary>
    /// <param name="slot">The other.</param>
    /// <param name="word">The fence.</param>
    public static bool IsOver(uint slot, uint word) =>
        (((slot ^ word) >> TimelineShift) & (CompactMachine.TimelineCount - 1)) == 0 && (slot & Reader) >= (word & Reader);

    /// <summary>The later of two fences of one timeline, of whom the second is of.</summary>
    /// <param name="slot">The first.</param>
    /// <param name="word">The second.</param>
    public static uint Later(uint slot, uint word) => (Math.Max(slot >> SeqnoShift, word >> SeqnoShift) << SeqnoShift) | PlaceOf(word);

    /// <summary>Whether it is done.</summary>
    /// <param name="word">The fence.</param>
    public bool IsSignaled(uint word) => machine.SignaledOf(TimelineOf(word)) >= word >> SeqnoShift;
}
