namespace GpuMm.Hosting.Sessions;

/// <summary>Why a request of a client was refused; what a caller can do about it differs.</summary>
public enum SessionErrorKind : byte
{
    /// <summary>The request makes no sense as it is stated.</summary>
    Invalid = 0,

    /// <summary>There is no such handle, mapping, name or client.</summary>
    NotFound = 1,

    /// <summary>It contradicts the state: pinned elsewhere, not pinned, already published.</summary>
    Conflict = 2,

    /// <summary>A limit of the client or the service is reached.</summary>
    LimitReached = 3,

    /// <summary>No allowed place has room, evictions tried.</summary>
    OutOfMemory = 4,

    /// <summary>The address is not mapped for this access, or nothing is behind it.</summary>
    AccessFault = 5,

    /// <summary>The client was released: closed, or its lease ran out.</summary>
    Gone = 6,

    /// <summary>The service cannot keep its promise now: it stops, or its journal cannot be written.</summary>
    Unavailable = 7,
}
