using System;
using System.Threading.Tasks;
using GpuMm.Objects;
using GpuMm.Paging;

namespace GpuMm.Hosting.Sessions;

/// <summary>Writes down what clients did, in the order in which it was done. Called under the client's lock.</summary>
internal interface ISessionJournal
{
    Exception? Failure { get; }

    ValueTask WhenDurableAsync();

    void Opened(GpuSession session);

    void Closed(GpuSession session);

    void Limited(GpuSession session, SessionLimits limits);

    void GroupMade(string path);

    void GroupRemoved(string path);

    void NamedGroupLimited(string path, MemoryDomain domain, MemoryLimits limits);

    void GroupLimited(GpuSession session, MemoryDomain domain, MemoryLimits limits);

    void Created(GpuSession session, uint handle, TrackedObject tracked, in ObjectRequest request);

    void HandleOpened(GpuSession session, uint handle, TrackedObject tracked);

    void HandleClosed(GpuSession session, uint handle);

    void Mapped(GpuSession session, uint handle, ulong address, VmProtection protection);

    void Unmapped(GpuSession session, uint handle);

    void Wrote(TrackedObject tracked, ulong offsetBytes, ReadOnlySpan<byte> bytes);

    void Pinned(GpuSession session, uint handle, string? placementName);

    void Unpinned(GpuSession session, uint handle);

    void Placed(TrackedObject tracked, string placementName);

    void Advised(TrackedObject tracked, bool isNeeded);

    void Purged(TrackedObject tracked);

    void Shared(TrackedObject tracked, string name);
}
