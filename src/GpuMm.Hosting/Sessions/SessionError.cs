namespace GpuMm.Hosting.Sessions;

/// <summary>A refusal: what kind, and one sentence that says what, where and how to put it right.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Message">The sentence.</param>
public sealed record SessionError(SessionErrorKind Kind, string Message)
{
    internal static SessionError NoHandle(uint handle) =>
        new(SessionErrorKind.NotFound, $"The client has no handle {handle}; list its objects to see which it has.");

    internal static SessionError Released { get; } =
        new(SessionErrorKind.Gone, "The client was released (closed, or its lease ran out); open a new one.");

    internal static SessionError From(MmStatus status, string what) => status switch
    {
        MmStatus.OutOfMemory or MmStatus.NoSpace => new SessionError(
            SessionErrorKind.OutOfMemory, $"{what}: no allowed place has room, also after evicting what may be evicted; free, unpin or purge something, or allow another placement."),
        MmStatus.InvalidArgument => new SessionError(
            SessionErrorKind.Conflict, $"{what}: the object is pinned elsewhere or can never fit there; unpin it first, or ask for another placement."),
        MmStatus.Busy or MmStatus.Deadlock or MmStatus.Interrupted => new SessionError(
            SessionErrorKind.Conflict, $"{what}: somebody else uses the object; try again."),
        MmStatus.AccessViolation => new SessionError(
            SessionErrorKind.AccessFault, $"{what}: the address is not mapped for this kind of access (SIGSEGV); map the object with the protection that you need."),
        MmStatus.BusError => new SessionError(
            SessionErrorKind.AccessFault, $"{what}: the address is mapped, but nothing can be reached behind it (SIGBUS)."),
        MmStatus.ContentsLost => new SessionError(
            SessionErrorKind.Conflict, $"{what}: the contents were lost with the device's memory; destroy the object and make it anew."),
        _ => new SessionError(SessionErrorKind.Conflict, $"{what}: {status}."),
    };
}
