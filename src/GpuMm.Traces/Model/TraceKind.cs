namespace GpuMm.Traces.Model;

/// <summary>What one event of a trace says. The numbers are part of the file format: they never change their meaning.</summary>
/// <remarks>
/// Three sorts: requests (what a program asked for; enough for a replay), decisions (what the manager did about it) and
/// measurements (fences, counters, frames).
/// </remarks>
public enum TraceKind : byte
{
    /// <summary>A remark: the name tells. Also what an importer makes of something that it can only name.</summary>
    Marker = 0,

    /// <summary>An object begins: size, wanted domain (To), address where the source had one (Offset), name.</summary>
    Create = 1,

    /// <summary>It ends.</summary>
    Destroy = 2,

    /// <summary>The GPU uses an object: bytes read or written (Size), job (Related). This is the access record.</summary>
    Use = 3,

    /// <summary>The CPU reads or writes: offset, size, and where recorded the bytes written.</summary>
    CpuAccess = 4,

    /// <summary>A CPU mapping begins.</summary>
    Map = 5,

    /// <summary>A CPU mapping ends.</summary>
    Unmap = 6,

    /// <summary>A program asks for an object in a domain (To; From is the second choice).</summary>
    Validate = 7,

    /// <summary>A copy begins: From, To, size, cause; Related is the fence number.</summary>
    MoveStarted = 8,

    /// <summary>An object has moved: From, To, size, cause; Offset is its new place; Related is the fence number.</summary>
    Move = 9,

    /// <summary>An object made room for another (Related).</summary>
    Evict = 10,

    /// <summary>An object could have made room, but did not: Reason.</summary>
    EvictSkipped = 11,

    /// <summary>A page fault was served: offset, bytes mapped.</summary>
    Fault = 12,

    /// <summary>Mappings were revoked: bytes.</summary>
    Zap = 13,

    /// <summary>An object may not move any more.</summary>
    Pin = 14,

    /// <summary>It may again.</summary>
    Unpin = 15,

    /// <summary>Contents were dropped instead of moved.</summary>
    Purge = 16,

    /// <summary>Contents went to the swap store.</summary>
    SwapOut = 17,

    /// <summary>Contents came back from it.</summary>
    SwapIn = 18,

    /// <summary>A job was queued: number (Related), base duration in ns (Size), engine (Offset), name of the ring.</summary>
    Submit = 19,

    /// <summary>A job is done: number (Related), engine (Offset).</summary>
    Signal = 20,

    /// <summary>A limit changed: domain (To), bytes.</summary>
    Limit = 21,

    /// <summary>The device was reset, suspended, resumed or unplugged; the name tells.</summary>
    Reset = 22,

    /// <summary>A frame was shown: number (Related).</summary>
    Frame = 23,

    /// <summary>An object got a place inside another (Related) at an offset.</summary>
    Bind = 24,

    /// <summary>A counter: bytes in use in a domain (To).</summary>
    Usage = 25,

    /// <summary>A program says that contents are not needed (Flags.Purgeable) or needed again.</summary>
    Advise = 26,

    /// <summary>An allocation failed: bytes asked for.</summary>
    OutOfMemory = 27,

    /// <summary>An object's place inside another (Related) ends.</summary>
    Unbind = 28,

    /// <summary>An object, or part of it (Offset, Size), got an address in a GPU address space.</summary>
    GpuMap = 29,

    /// <summary>It lost it.</summary>
    GpuUnmap = 30,

    /// <summary>Space in a domain (To) was taken: offset, size.</summary>
    SpaceTaken = 31,

    /// <summary>Space in a domain (From) is given back: offset, size.</summary>
    SpaceReturned = 32,

    /// <summary>Somebody waited for the GPU: duration, fence as detail.</summary>
    Wait = 33,

    /// <summary>A submission holds an object's reservation: objects as count.</summary>
    Reserve = 34,

    /// <summary>An object became the youngest.</summary>
    Bump = 35,

    /// <summary>A device event without a counterpart here: <see cref="TraceEvent.DeviceKind"/> tells.</summary>
    Other = 36,
}
