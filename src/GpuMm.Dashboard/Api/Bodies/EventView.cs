using System;
using GpuMm.Diagnostics;
using GpuMm.Hosting.Views;

namespace GpuMm.Dashboard.Api.Bodies;

/// <summary>An event as the API shows it; what does not apply is left out.</summary>
/// <param name="Sequence">Its number in the device's ring of events.</param>
/// <param name="TimeNs">When, on the driver's clock, ns.</param>
/// <param name="Kind">What happened.</param>
/// <param name="ObjectId">The object it happened to.</param>
/// <param name="ClientId">Whose it is, or who did it.</param>
/// <param name="SizeBytes">Bytes concerned.</param>
/// <param name="From">The domain it leaves.</param>
/// <param name="To">The domain it goes to.</param>
/// <param name="OffsetBytes">First byte in the domain.</param>
/// <param name="Cause">Why an object moves.</param>
/// <param name="RelatedId">The object that room was made for, or what else the kind says.</param>
/// <param name="Count">A number of things; of an eviction its place in the order.</param>
/// <param name="Detail">A number that the kind explains.</param>
/// <param name="DurationNs">A span that belongs to it, ns.</param>
/// <param name="Status">How it ended, when not well.</param>
/// <param name="Name">A name, where something is made.</param>
public sealed record EventView(
    ulong Sequence,
    ulong TimeNs,
    string Kind,
    ulong? ObjectId,
    int? ClientId,
    ulong? SizeBytes,
    string? From,
    string? To,
    ulong? OffsetBytes,
    string? Cause,
    ulong? RelatedId,
    int? Count,
    ulong? Detail,
    ulong? DurationNs,
    string? Status,
    string? Name)
{
    /// <summary>The view of an event.</summary>
    /// <param name="occurred">The event.</param>
    public static EventView Of(DeviceEvent occurred) => new(
        occurred.Sequence,
        occurred.TimeNs,
        NameOf(occurred.Kind),
        NullIfZero(occurred.ObjectId),
        occurred.ClientId == 0 ? null : occurred.ClientId,
        NullIfZero(occurred.SizeBytes),
        occurred.From is { } from ? DeviceSnapshotService.NameOf(from) : null,
        occurred.To is { } to ? DeviceSnapshotService.NameOf(to) : null,
        occurred.To is null && occurred.OffsetBytes == 0 ? null : occurred.OffsetBytes,
        occurred.Kind == DeviceEventKind.MoveFinished || occurred.Cause != MoveCause.Validate ? Words.Camel(occurred.Cause.ToString()) : null,
        NullIfZero(occurred.RelatedId),
        occurred.Count == 0 ? null : occurred.Count,
        NullIfZero(occurred.Detail),
        NullIfZero(occurred.DurationNs),
        occurred.Status == MmStatus.Ok ? null : Words.Camel(occurred.Status.ToString()),
        occurred.Name);

    /// <summary>The name of a kind as JSON writes it.</summary>
    /// <param name="kind">The kind.</param>
    public static string NameOf(DeviceEventKind kind) => Words.Camel(Enum.GetName(kind) ?? "none");

    private static ulong? NullIfZero(ulong number) => number == 0 ? null : number;
}
