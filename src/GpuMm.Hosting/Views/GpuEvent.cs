using GpuMm.Objects;

namespace GpuMm.Hosting.Views;

/// <summary>One thing that happened on a device.</summary>
public readonly record struct GpuEvent
{
    /// <summary>Its number on the device: 1, 2, 3 and so on.</summary>
    public ulong Sequence { get; init; }

    /// <summary>When, on the driver's clock, ns.</summary>
    public long TimeNs { get; init; }

    /// <summary>What.</summary>
    public GpuEventKind Kind { get; init; }

    /// <summary>The object it happened to; 0 for none.</summary>
    public ulong ObjectId { get; init; }

    /// <summary>Whose object it is; 0 for the host itself.</summary>
    public int ClientId { get; init; }

    /// <summary>Bytes concerned.</summary>
    public ulong SizeBytes { get; init; }

    /// <summary>The domain it leaves; null for none.</summary>
    public MemoryDomain? From { get; init; }

    /// <summary>The domain it goes to; null for none.</summary>
    public MemoryDomain? To { get; init; }

    /// <summary>First byte in the domain.</summary>
    public ulong OffsetBytes { get; init; }

    /// <summary>The object that room was made for; 0 for none.</summary>
    public ulong RelatedId { get; init; }

    /// <summary>A number of things.</summary>
    public int Count { get; init; }

    /// <summary>The name of an object or a client, where one is made; else null.</summary>
    public string? Name { get; init; }
}
