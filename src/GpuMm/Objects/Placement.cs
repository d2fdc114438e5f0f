using System;
using GpuMm.Diagnostics;

namespace GpuMm.Objects;

/// <summary>Wishes in order of preference. An empty placement asks to drop the memory. Never changes.</summary>
public sealed class Placement
{
    private readonly Place[] _places;

    /// <summary>A placement.</summary>
    /// <param name="places">The wishes, most wanted first; at most 8.</param>
    public Placement(params ReadOnlySpan<Place> places)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(places.Length, 8, nameof(places));
        _places = places.ToArray();
        foreach (ref readonly Place place in places)
        {
            Code = Code.With(place.Domain, (int)place.Flags);
            HasWindows |= place.FirstPage != 0 || place.EndPage != 0;
        }
    }

    /// <summary>No wish: the object's memory is dropped.</summary>
    public static Placement Empty { get; } = new();

    /// <summary>System RAM.</summary>
    public static Placement System { get; } = new(new Place(MemoryDomain.System));

    /// <summary>The aperture only.</summary>
    public static Placement Gtt { get; } = new(new Place(MemoryDomain.Gtt));

    /// <summary>Video memory only.</summary>
    public static Placement Vram { get; } = new(new Place(MemoryDomain.Vram));

    /// <summary>Video memory, evicting others for it; the aperture when that does not help.</summary>
    public static Placement VramThenGtt { get; } =
        new(new Place(MemoryDomain.Vram), new Place(MemoryDomain.Gtt, PlaceFlags.Fallback));

    /// <summary>The aperture, then system RAM: where evicted video memory goes.</summary>
    public static Placement GttThenSystem { get; } = new(new Place(MemoryDomain.Gtt), new Place(MemoryDomain.System));

    /// <summary>The wishes, most wanted first.</summary>
    public ReadOnlySpan<Place> Places => _places;

    /// <summary>Domains and flags of the wishes, as an event carries them.</summary>
    public PlacementCode Code { get; }

    /// <summary>True when a wish names a part of its domain, which <see cref="Code"/> leaves out.</summary>
    public bool HasWindows { get; }

    /// <summary>True when another has the same wishes in the same order: what did not work in the one does not in the other.</summary>
    /// <param name="other">The other.</param>
    public bool IsSameAs(Placement other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(this, other) || Places.SequenceEqual(other.Places);
    }

    /// <summary>The placement that a code was made from, without windows.</summary>
    /// <param name="code">What <see cref="Code"/> gave.</param>
    public static Placement FromCode(PlacementCode code)
    {
        Span<Place> places = stackalloc Place[code.Count];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = new Place(code.DomainAt(i), (PlaceFlags)code.FlagsAt(i));
        }

        return new Placement(places);
    }
}
