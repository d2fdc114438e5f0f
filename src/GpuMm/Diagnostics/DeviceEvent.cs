namespace GpuMm.Diagnostics;

/// <summary>One thing that a device did or decided. Which fields mean something is told at each <see cref="DeviceEventKind"/>.</summary>
/// <remarks>A value without references but for the name, so that neither raising nor keeping one allocates.</remarks>
public readonly record struct DeviceEvent
{
    /// <summary>Its number on the device: 1, 2, 3 and so on, without gaps while somebody listens.</summary>
    public ulong Sequence { get; init; }

    /// <summary>The driver's time, ns; 0 for a driver without a clock.</summary>
    public ulong TimeNs { get; init; }

    /// <summary>A span that belongs to it, ns: of a wait that ended now, or of a copy that begins now.</summary>
    public ulong DurationNs { get; init; }

    /// <summary>What happened.</summary>
    public DeviceEventKind Kind { get; init; }

    /// <summary>The object it happened to; 0 for none.</summary>
    public ulong ObjectId { get; init; }

    /// <summary>The client whose object it is, or who asked; 0 for none.</summary>
    public int ClientId { get; init; }

    /// <summary>Bytes concerned; of an object unless the kind says otherwise.</summary>
    public ulong SizeBytes { get; init; }

    /// <summary>The domain it leaves, or where it is; null for none.</summary>
    public MemoryDomain? From { get; init; }

    /// <summary>The domain it goes to, or is in now; null for none.</summary>
    public MemoryDomain? To { get; init; }

    /// <summary>First byte in the domain, or another address.</summary>
    public ulong OffsetBytes { get; init; }

    /// <summary>Why an object moves.</summary>
    public MoveCause Cause { get; init; }

    /// <summary>Another object, or what else the kind says.</summary>
    public ulong RelatedId { get; init; }

    /// <summary>Why a candidate was passed over.</summary>
    public SkipReason Reason { get; init; }

    /// <summary>How it ended.</summary>
    public MmStatus Status { get; init; }

    /// <summary>A number of things.</summary>
    public int Count { get; init; }

    /// <summary>A number that the kind explains.</summary>
    public ulong Detail { get; init; }

    /// <summary>A placement that was asked for.</summary>
    public PlacementCode Placement { get; init; }

    /// <summary>The name, where something is created or published; else null.</summary>
    public string? Name { get; init; }
}
