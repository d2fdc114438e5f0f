using System.Collections.Generic;
using GpuMm.Hosting.Sessions;
using GpuMm.Hosting.Views;
using GpuMm.Objects;
using GpuMm.Paging;

namespace GpuMm.Hosting.Machine;

/// <summary>One named device as a program uses it: objects, address spaces, clients, events.</summary>
/// <remarks>Safe for concurrent use. Inject it with its name as key; without a key it is the first device.</remarks>
public interface IBufferObjectManager
{
    /// <summary>The device's name in this host.</summary>
    string Name { get; }

    /// <summary>The device itself, for everything that is not here.</summary>
    GpuDevice Device { get; }

    /// <summary>Its engines and clock.</summary>
    RealTimeDriver Driver { get; }

    /// <summary>The objects that the host knows of: those made here or by a client.</summary>
    ObjectDirectory Objects { get; }

    /// <summary>The latest events.</summary>
    EventRing Events { get; }

    /// <summary>The clients that are open, oldest first.</summary>
    IReadOnlyList<GpuSession> Sessions { get; }

    /// <summary>Creates an object that belongs to the host itself, and tracks it until it is released.</summary>
    /// <param name="request">What to make.</param>
    /// <param name="created">The object, with one reference; null on failure.</param>
    /// <returns>Null, or why not.</returns>
    SessionError? TryCreate(in ObjectRequest request, out BufferObject? created);

    /// <summary>Opens a client.</summary>
    /// <param name="name">Shown to people; 1 to 128 characters.</param>
    /// <param name="limits">What it may hold.</param>
    /// <param name="opened">The client; null on failure.</param>
    /// <param name="group">The group that it is in; null for none.</param>
    /// <returns>Null, or why not.</returns>
    SessionError? TryOpenSession(string name, SessionLimits limits, out GpuSession? opened, string? group = null);

    /// <summary>The groups that clients are opened in.</summary>
    GroupTable Groups { get; }

    /// <summary>An address space of this device.</summary>
    AddressSpace CreateAddressSpace();
}
