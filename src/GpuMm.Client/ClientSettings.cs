using System;

namespace GpuMm.Client;

/// <summary>How a client is opened.</summary>
public sealed record ClientSettings
{
    /// <summary>Shown to people; 1 to 128 characters.</summary>
    public required string Name { get; init; }

    /// <summary>How long the client may be silent before all that it holds is released; null for the service's usual lease.</summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>Bytes that all its objects may have together; null for no limit.</summary>
    public ulong? MaxBytes { get; init; }

    /// <summary>Objects that it may have; null for the device's limit.</summary>
    public int? MaxObjects { get; init; }

    /// <summary>The group that it is in, such as "games/shooter"; null for none. It stays there.</summary>
    public string? Group { get; init; }

    /// <summary>
    /// Keeps a connection open that stands for the client: when the process dies, however it dies, all is released within a
    /// second. Otherwise the client says from time to time that it lives.
    /// </summary>
    public bool IsBoundToConnection { get; init; } = true;
}
