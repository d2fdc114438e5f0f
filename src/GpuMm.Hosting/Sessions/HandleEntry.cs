using GpuMm.Paging;

namespace GpuMm.Hosting.Sessions;

/// <summary>What a client has of an object. Lock: the client's.</summary>
internal sealed class HandleEntry(uint handle, uint clientHandle, TrackedObject tracked)
{
    public uint Handle { get; } = handle;

    public uint ClientHandle { get; } = clientHandle;

    public TrackedObject Tracked { get; } = tracked;

    public VmArea? Area { get; set; }

    public VmProtection Protection { get; set; }

    public int Pins { get; set; }

    public string? PinnedIn { get; set; }
}
