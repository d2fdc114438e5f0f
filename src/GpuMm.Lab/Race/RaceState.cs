namespace GpuMm.Lab.Race;

/// <summary>Everything the actors can see: one object of one or two pages, its entries, locks, frames, and where each actor is.</summary>
/// <remarks>
/// A value without references, so that the explorer may keep and drop copies. Frames are numbered from 1; 0 means none.
/// A frame's bytes are sets of marks: <see cref="OriginalMark"/> is what the object held at the start, each thread's
/// store adds its own mark, a copy overwrites the set.
/// </remarks>
internal struct RaceState
{
    /// <summary>No frame, no owner.</summary>
    public const byte None = 0;

    /// <summary>Where page 0 is at the start (frame A); the moves take it to the frames after.</summary>
    public const byte FirstFrame = 1;

    /// <summary>Where page 1 is at the start (frame D); it never moves, it only leaves.</summary>
    public const byte NeighbourFrame = 4;

    /// <summary>What the object holds before the first store.</summary>
    public const byte OriginalMark = 0x01;

    /// <summary>What the other owner writes into a frame it was given.</summary>
    public const byte OwnerMark = 0x80;

    // By actor. A lock's owner is the actor's number + 1.
    public RaceBytes Counter;
    public RaceBytes Candidate;
    public RaceBytes NeighbourCandidate;
    public RaceBytes Sample;
    public RaceBytes Retries;

    // By page.
    public RaceBytes Place;
    public RaceBytes Entry;
    public RaceBytes Stored;

    // By frame.
    public RaceBytes FirstHalf;
    public RaceBytes SecondHalf;
    public RaceBytes FrameOwner;

    public byte ObjectOwner;
    public byte SpaceOwner;
    public byte ZapCount;
    public byte RetriesMax;
    public byte FreedFrames;
    public RaceFence Fence;
    public bool IsAreaGone;
    public bool WroteForeign;
    public bool ReadWrong;
    public bool IsLiveLock;

    /// <summary>Gets the state before the first step: every entry empty, nothing locked.</summary>
    public static RaceState Start()
    {
        var state = default(RaceState);
        state.Place[0] = FirstFrame;
        state.Place[1] = NeighbourFrame;
        foreach (byte frame in (System.ReadOnlySpan<byte>)[FirstFrame, NeighbourFrame])
        {
            state.FirstHalf[frame] = OriginalMark;
            state.SecondHalf[frame] = OriginalMark;
        }

        return state;
    }

    /// <summary>Gets the mark of one thread's store.</summary>
    public static byte MarkOf(int actor) => (byte)(2 << actor);

    /// <summary>Gets whether a frame has been given to another owner.</summary>
    public readonly bool IsFreed(byte frame) => (FreedFrames & (1 << frame)) != 0;
}
