using System;
using GpuMm.Eviction;

namespace GpuMm.Objects;

/// <summary>
/// A place in a walk over the lists of one manager. It sits in the list itself, so the walk keeps its position while
/// others add, remove and move members. In a walk over rankings it keeps what was offered.
/// </summary>
internal sealed class LruCursor : LruNode
{
    /// <summary>Most candidates that one walk is offered from those that other walks have aside.</summary>
    public const int MaxAsideOffers = 1024;

    private LruCursor? _nextWalk;

    /// <summary>The priority whose list is being walked.</summary>
    public int Priority { get; set; }

    /// <summary>The next cursor that nobody uses.</summary>
    public LruCursor? NextFree { get; set; }

    /// <summary>The next walk under way over the same rankings.</summary>
    public LruCursor? NextWalk
    {
        get => _nextWalk;
        set => _nextWalk = value;
    }

    /// <summary>The same, to unlink.</summary>
    public ref LruCursor? NextWalkLink => ref _nextWalk;

    /// <summary>Number of the walk.</summary>
    public ulong Number { get; set; }

    /// <summary>Who wants the room.</summary>
    public BufferObject? Requester { get; set; }

    /// <summary>Slots that were offered.</summary>
    public int[] Aside { get; private set; } = [];

    /// <summary>How many.</summary>
    public int AsideCount { get; set; }

    /// <summary>Candidates offered from what other walks have aside.</summary>
    public int AsideOffers { get; set; }

    /// <summary>Notes a slot that was offered.</summary>
    public void PutAside(int slot)
    {
        if (AsideCount == Aside.Length)
        {
            int[] larger = new int[Math.Max(16, 2 * AsideCount)];
            Aside.CopyTo(larger, 0);
            Aside = larger;
        }

        Aside[AsideCount++] = slot;
    }
}
