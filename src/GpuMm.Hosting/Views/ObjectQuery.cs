namespace GpuMm.Hosting.Views;

/// <summary>What to search for; what is null does not matter.</summary>
/// <param name="Text">Part of the name, upper or lower case; or the number of an object.</param>
/// <param name="ClientId">Who made it.</param>
/// <param name="Domain">Where it is: system, gtt or vram.</param>
/// <param name="MinBytes">At least this large.</param>
/// <param name="MaxBytes">At most this large.</param>
/// <param name="IsMisplaced">Whether it is elsewhere than wanted.</param>
/// <param name="IsPinned">Whether it is pinned.</param>
/// <param name="FirstAddress">With a domain: touches the range from this byte.</param>
/// <param name="EndAddress">To this one, which is no longer part of it.</param>
/// <param name="Offset">Matches to pass over.</param>
/// <param name="Limit">Most matches to return; at most 1000.</param>
public sealed record ObjectQuery(
    string? Text = null,
    int? ClientId = null,
    string? Domain = null,
    ulong? MinBytes = null,
    ulong? MaxBytes = null,
    bool? IsMisplaced = null,
    bool? IsPinned = null,
    ulong? FirstAddress = null,
    ulong? EndAddress = null,
    int Offset = 0,
    int Limit = 100);
