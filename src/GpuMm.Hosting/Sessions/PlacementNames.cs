using System;
using System.Collections.Generic;
using GpuMm.Objects;

namespace GpuMm.Hosting.Sessions;

/// <summary>The placements that clients may ask for, by name.</summary>
public static class PlacementNames
{
    /// <summary>What a client gets that says nothing: video memory, else the aperture.</summary>
    public const string Usual = "vram-or-gtt";

    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<Placement, Placement> s_firstWishes = [];

    private static readonly Dictionary<string, Placement> s_byName = new(StringComparer.OrdinalIgnoreCase)
    {
        [Usual] = Placement.VramThenGtt,
        ["vram"] = Placement.Vram,
        ["gtt"] = Placement.Gtt,
        ["system"] = Placement.System,
        ["gtt-or-system"] = Placement.GttThenSystem,
        ["vram-contiguous"] = new Placement(new Place(MemoryDomain.Vram, PlaceFlags.Contiguous)),
        ["vram-top-down"] = new Placement(new Place(MemoryDomain.Vram, PlaceFlags.TopDown), new Place(MemoryDomain.Gtt, PlaceFlags.Fallback)),
    };

    /// <summary>Every name.</summary>
    public static IReadOnlyCollection<string> All => s_byName.Keys;

    /// <summary>Finds a placement.</summary>
    /// <param name="name">Upper or lower case; null for the usual one.</param>
    /// <param name="placement">The placement.</param>
    /// <returns>False when there is no such name.</returns>
    public static bool TryGet(string? name, out Placement placement) => s_byName.TryGetValue(name ?? Usual, out placement!);

    // The first wish alone: what a submission tries before it settles for less. An object in the aperture fulfils
    // "video memory, else the aperture", and would stay there for ever.
    internal static Placement FirstWishOf(Placement placement) =>
        ReferenceEquals(placement, Placement.VramThenGtt) ? Placement.Vram
        : placement.Places.Length == 1 ? placement
        : s_firstWishes.GetValue(placement, static each => new Placement(each.Places[0]));

    internal static MemoryDomain PreferredOf(Placement placement) => placement.Places[0].Domain;
}
