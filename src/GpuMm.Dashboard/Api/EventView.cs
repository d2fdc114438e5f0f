using GpuMm.Hosting.Views;

namespace GpuMm.Dashboard.Api;

/// <summary>An event as the API shows it; what does not apply is left out.</summary>
/// <param name="Sequence">Its number on the device.</param>
/// <param name="TimeNs">When, on the driver's clock, ns.</param>
/// <param name="Kind">What happened.</param>
/// <param name="ObjectId">The object it happened to.</param>
/// <param name="ClientId">Whose it is.</param>
/// <param name="SizeBytes">Bytes concerned.</param>
/// <param name="From">The domain it leaves.</param>
/// <param name="To">The domain it goes to.</param>
/// <param name="OffsetBytes">First byte in the domain.</param>
/// <param name="RelatedId">The object that room was made for, or the number of a fence.</param>
/// <param name="Count">A number of things.</param>
/// <param name="Name">A name, where something is made.</param>
public sealed record EventView(
    ulong Sequence,
    long TimeNs,
    string Kind,
    ulong? ObjectId,
    int? ClientId,
    ulong? SizeBytes,
    string? From,
    string? To,
    ulong? OffsetBytes,
    ulong? RelatedId,
    int? Count,
    string? Name)
{
    /// <summary>The view of an event.</summary>
    /// <param name="occurred">The event.</param>
    public static EventView Of(GpuEvent occurred) => new(
        occurred.Sequence,
        occurred.TimeNs,
        Words.Camel(occurred.Kind.ToString()),
        occurred.ObjectId == 0 ? null : occurred.ObjectId,
        occurred.ClientId == 0 ? null : occurred.ClientId,
        occurred.SizeBytes == 0 ? null : occurred.SizeBytes,
        occurred.From is { } from ? DeviceSnapshotService.NameOf(from) : null,
        occurred.To is { } to ? DeviceSnapshotService.NameOf(to) : null,
        occurred.To is null ? null : occurred.OffsetBytes,
        occurred.RelatedId == 0 ? null : occurred.RelatedId,
        occurred.Count == 0 ? null : occurred.Count,
        occurred.Name);
}
