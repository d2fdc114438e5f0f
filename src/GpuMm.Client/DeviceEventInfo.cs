namespace GpuMm.Client;

/// <summary>One thing that happened on a device; what does not apply is null.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="TimeNs">When, on the device's clock, ns.</param>
/// <param name="Kind">What, such as evicted or moveFinished.</param>
/// <param name="ObjectId">The object it happened to.</param>
/// <param name="ClientId">Whose it is, or who did it.</param>
/// <param name="SizeBytes">Bytes concerned.</param>
/// <param name="From">The domain it leaves.</param>
/// <param name="To">The domain it goes to.</param>
/// <param name="Cause">Why an object moves.</param>
/// <param name="RelatedId">The object that room was made for, or what else the kind says.</param>
/// <param name="Name">A name, where something is made.</param>
public sealed record DeviceEventInfo(
    ulong Sequence,
    ulong TimeNs,
    string Kind,
    ulong? ObjectId,
    int? ClientId,
    ulong? SizeBytes,
    string? From,
    string? To,
    string? Cause,
    ulong? RelatedId,
    string? Name);
