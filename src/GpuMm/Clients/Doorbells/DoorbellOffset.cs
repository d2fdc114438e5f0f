using System;
using GpuMm.Paging;

namespace GpuMm.Clients.Doorbells;

/// <summary>What a program passes as the offset of a mapping: not a place in a file, but which part of which queue.</summary>
/// <param name="Handle">The queue, below 2^25.</param>
/// <param name="Resource">Which part.</param>
/// <param name="Kind">Which kind of queue.</param>
public readonly record struct DoorbellOffset(uint Handle, DoorbellResource Resource, QueueKind Kind)
{
    //  27        3 2        1    0
    // | handle : 25 | resource | kind |
    internal const uint MaxHandle = (1 << 25) - 1;
    private const int RoomShift = 20; // File pages behind each code, so that the pages of two queues never meet.

    /// <summary>The 28 bits.</summary>
    public uint Code => (Handle << 3) | ((uint)Resource << 1) | (uint)Kind;

    /// <summary>Reads a code.</summary>
    /// <param name="code">28 bits.</param>
    /// <param name="offset">What it means.</param>
    /// <returns>False for a code that no queue can have.</returns>
    public static bool TryDecode(uint code, out DoorbellOffset offset)
    {
        offset = new DoorbellOffset(code >> 3, (DoorbellResource)((code >> 1) & 3), (QueueKind)(code & 1));
        return offset.Handle <= MaxHandle && offset.Resource <= DoorbellResource.SendQueue &&
            (offset.Resource != DoorbellResource.SendQueue || offset.Kind == QueueKind.Pair);
    }

    /// <summary>The window of the adapter's file that stands for the first pages of this part.</summary>
    /// <param name="pageCount">Pages of 4 KiB.</param>
    public PageWindow Window(ulong pageCount)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageCount, 1ul << RoomShift);
        return new PageWindow((ulong)Code << RoomShift, pageCount);
    }

    internal static ulong FirstPageOf(PageWindow window) => window.FirstPage >> RoomShift << RoomShift;

    internal static bool TryFromWindow(PageWindow window, out DoorbellOffset offset)
    {
        offset = default;
        return window.FirstPage >> RoomShift < 1u << 28 && (window.FirstPage & ((1ul << RoomShift) - 1)) == 0 &&
            TryDecode((uint)(window.FirstPage >> RoomShift), out offset);
    }
}
