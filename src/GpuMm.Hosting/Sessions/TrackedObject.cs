using System.Threading;
using GpuMm.Objects;

namespace GpuMm.Hosting.Sessions;

/// <summary>What a host knows of an object beside what the object knows itself.</summary>
public sealed class TrackedObject
{
    private int _handles; // Interlocked
    private long _lastUsedNs;
    private ObjectSight _sight = ObjectSight.None;

    internal TrackedObject(BufferObject target, int clientId, string placementName, Placement placement, long nowNs)
    {
        Target = target;
        ClientId = clientId;
        PlacementName = placementName;
        Placement = placement;
        CreatedNs = nowNs;
        _lastUsedNs = nowNs;
    }

    /// <summary>The object.</summary>
    public BufferObject Target { get; }

    /// <summary>Who made it; 0 for the host itself.</summary>
    public int ClientId { get; }

    /// <summary>The name of the placement that its owner asks for.</summary>
    public string PlacementName { get; internal set; }

    /// <summary>When it was made, on the driver's clock, ns.</summary>
    public long CreatedNs { get; }

    /// <summary>When the GPU or the CPU last used it, on the driver's clock, ns.</summary>
    public long LastUsedNs
    {
        get => Volatile.Read(ref _lastUsedNs);
        internal set => Volatile.Write(ref _lastUsedNs, value);
    }

    /// <summary>The name under which other clients open it, or null.</summary>
    public string? SharedName { get; internal set; }

    internal Placement Placement { get; set; }

    // Taken to change the contents and write that down in one go.
    internal object WriteOrder { get; } = new();

    internal ulong Uid { get; set; } // Stable across restarts.

    internal int Slot { get; set; } = -1; // Lock: the directory

    // Where a viewer last saw it, for the moments when somebody holds its reservation.
    internal ObjectSight Sight
    {
        get => Volatile.Read(ref _sight);
        set => Volatile.Write(ref _sight, value);
    }

    internal int CountHandle(int change) => Interlocked.Add(ref _handles, change);
}
